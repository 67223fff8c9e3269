#pragma once

#include <chrono>
#include <functional>
#include <initializer_list>
#include <memory>

#include "base/error/error.h"
#include "transport/scheduler.h"

namespace sfteams::transport {

/// The one event loop of a process (libuv). All callbacks run on the thread that calls run(); only
/// post() may be called from another thread (docs/architecture.md lists the others).
class Loop final : public Scheduler {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Loop>> create();
  ~Loop() override;
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Until stop() is called.
  void run();
  void stop();

  [[nodiscard]] TimePoint now() const override;
  [[nodiscard]] std::unique_ptr<Timer> after(Duration delay,
                                             std::function<void()> callback) override;

  /// Runs `task` in a later turn. Thread-safe.
  void post(std::function<void()> task);

  /// Calls `callback(signal)` in the loop whenever one of the signals arrives.
  [[nodiscard]] Result<void> on_signals(std::initializer_list<int> signals,
                                        std::function<void(int)> callback);

  /// How long a turn took, without the time in which the loop waited for something to happen:
  /// nothing else was answered meanwhile.
  /// Nothing is told of a turn in which a signal came.
  using TurnObserver = std::function<void(std::chrono::nanoseconds)>;
  /// Called at the end of every turn, until it is replaced; nullptr: no longer.
  void observe_turns(TurnObserver observer);

  struct Impl;  ///< for this room only
  [[nodiscard]] Impl& impl() { return *impl_; }

 private:
  explicit Loop(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sfteams::transport
