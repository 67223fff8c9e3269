#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace sfteams::transport {

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;
using Duration = std::chrono::milliseconds;

/// A pending call. Cancelled when it is destroyed, also from inside the call itself.
class Timer {
 public:
  virtual ~Timer() = default;
};

/// Where every part takes its time from: the event loop in a program, a fake that a test moves
/// forward by hand. The time stands still within one turn of the loop.
class Scheduler {
 public:
  virtual ~Scheduler() = default;
  [[nodiscard]] virtual TimePoint now() const = 0;
  /// Calls `callback` once, `delay` from now at the earliest, unless the Timer has gone by then.
  [[nodiscard]] virtual std::unique_ptr<Timer> after(Duration delay,
                                                     std::function<void()> callback) = 0;
};

}  // namespace sfteams::transport
