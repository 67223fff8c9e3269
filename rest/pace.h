#pragma once

#include <algorithm>

#include "transport/scheduler.h"

namespace sfteams::rest {

/// A token bucket: at most `burst` things at once, and one more every `period`.
class Pace {
 public:
  Pace(unsigned burst, transport::Duration period, transport::TimePoint now)
      : burst_(burst), period_(period), full_at_(now) {}

  /// False when it is too soon for another one.
  [[nodiscard]] bool take(transport::TimePoint now) {
    if (wait(now) > transport::Duration(0)) return false;
    full_at_ = std::max(full_at_, now) + period_;
    return true;
  }
  /// Until the next one may be taken.
  [[nodiscard]] transport::Duration wait(transport::TimePoint now) const {
    const auto left = full_at_ - now - period_ * (burst_ - 1);
    return std::max(transport::Duration(0), std::chrono::ceil<transport::Duration>(left));
  }

 private:
  transport::Duration::rep burst_;
  transport::Duration period_;
  transport::TimePoint full_at_;  ///< when the bucket is full again
};

}  // namespace sfteams::rest
