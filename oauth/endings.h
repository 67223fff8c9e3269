#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "transport/scheduler.h"

namespace sfteams::oauth {

/// What tokens that ended before their time say about those of other users: a PBX that was started
/// again may have forgotten all of them, and counts each one that it is shown.
///
/// Tokens belong to the generation in which they came. The first of one that ends early ends the
/// generation: whoever has a token of it renews before the next request. When then three renewals of
/// an old generation were refused and none was granted, the others would be refused as well.
class Endings {
 public:
  using Generation = std::uint64_t;

  /// Of the tokens that come now.
  [[nodiscard]] Generation now() const { return now_; }
  [[nodiscard]] bool is_over(Generation generation) const { return generation < now_; }

  /// An access token of that generation ended before its time.
  void note_early_end(Generation generation) {
    if (is_over(generation)) return;
    judged_ = now_;
    refused_ = 0;
    granted_ = false;
    ++now_;
  }
  /// A refresh token of that generation was used.
  void note_renewal(Generation generation, bool granted) {
    if (!is_over(generation) || generation > judged_) return;
    if (granted) granted_ = true;
    if (!granted) ++refused_;
  }
  /// At what age a token ended of which nobody had said how long it lives.
  void note_age(transport::Duration age) {
    assumed_ = std::clamp(age * 3 / 4, kShortestAssumed, assumed_);
  }
  /// How long such tokens are used.
  [[nodiscard]] transport::Duration assumed_lifetime() const { return assumed_; }

  /// Refresh tokens of that generation are worth nothing, as far as can be told.
  [[nodiscard]] bool is_spent(Generation generation) const {
    return is_over(generation) && generation <= judged_ && !granted_ && refused_ >= kEnough;
  }

 private:
  static constexpr unsigned kEnough = 3;
  static constexpr transport::Duration kShortestAssumed{10'000};
  Generation now_ = 1;
  Generation judged_ = 0;  ///< the newest one that is over
  unsigned refused_ = 0;
  bool granted_ = false;
  transport::Duration assumed_ = std::chrono::hours(24);
};

}  // namespace sfteams::oauth
