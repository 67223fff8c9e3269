#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "transport/scheduler.h"

namespace sfteams::transport {

/// How long to wait before the next try: exponential with full jitter (each wait is anywhere
/// between nothing and the ceiling), so that a thousand peers do not come back at once. A
/// connection counts as a success only after it has stood for a while; one that breaks at once
/// makes the waits longer, as a refused one does.
class Backoff {
 public:
  /// A number in [0, bound).
  using Random = std::function<std::uint64_t(std::uint64_t bound)>;

  struct Limits {
    Duration first{250};      ///< the first ceiling; it doubles with each failure
    Duration most{5'000};     ///< the last ceiling
    Duration stable{30'000};  ///< a connection this old counts as a success
    /// What the peer may ask for at most: a wrong or hostile peer must not silence us for hours.
    Duration most_asked{300'000};
  };

  Backoff(const Limits& limits, Random random);
  /// From the next wait on; what has failed so far counts on.
  void set_limits(const Limits& limits) { limits_ = limits; }

  void connected(TimePoint now);
  /// What is added at most to a wait that the peer asked for: it may be our slot among many.
  static constexpr Duration kMostBesideAsked{500};
  /// The connection was lost or never came about. `asked`: the peer wants us to stay away so long;
  /// the wait is then never shorter, and at most kMostBesideAsked longer.
  [[nodiscard]] Duration failed(TimePoint now, Duration asked = Duration(0));
  /// The peer to which we were connected sends everybody elsewhere, a few at a time: the wait is
  /// below the first ceiling, and later waits are not longer for it. A connection that did not stand
  /// for kShortest has failed all the same.
  [[nodiscard]] Duration moved(TimePoint now);
  static constexpr Duration kShortest{1'000};

 private:
  Limits limits_;
  Random random_;
  Duration ceiling_;
  std::optional<TimePoint> connected_at_;
};

}  // namespace sfteams::transport
