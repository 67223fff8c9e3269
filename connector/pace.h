#pragma once

#include <chrono>

#include "transport/scheduler.h"

namespace sfteams::connector {

/// At most `per_minute` things a minute, all of them at once if need be (a token bucket).
class Pace {
 public:
  Pace(unsigned per_minute, transport::TimePoint now)
      : per_minute_(per_minute), tokens_(per_minute), filled_(now) {}

  /// False when it is too soon for another one.
  [[nodiscard]] bool take(transport::TimePoint now) {
    const std::chrono::duration<double, std::ratio<60>> minutes = now - filled_;
    filled_ = now;
    tokens_ += minutes.count() * per_minute_;
    if (tokens_ > per_minute_) tokens_ = per_minute_;
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

 private:
  double per_minute_;
  double tokens_;
  transport::TimePoint filled_;
};

}  // namespace sfteams::connector
