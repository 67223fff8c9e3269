#pragma once

#include <algorithm>
#include <chrono>

#include "transport/scheduler.h"

namespace sfteams::connector {

/// A token bucket: at most `burst` things at once, and in the long run `burst` in each `period`.
class Pace {
 public:
  Pace(unsigned burst, transport::Duration period, transport::TimePoint now)
      : burst_(burst), period_(period), tokens_(burst), filled_(now) {}

  /// False when it is too soon for another one.
  [[nodiscard]] bool take(transport::TimePoint now) {
    const std::chrono::duration<double> passed = now - filled_;
    filled_ = now;
    tokens_ = std::min(burst_, tokens_ + passed / period_ * burst_);
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

 private:
  double burst_;
  std::chrono::duration<double> period_;
  double tokens_;
  transport::TimePoint filled_;
};

}  // namespace sfteams::connector
