#pragma once

// Only for the .cpp files of this room: libuv's types stay behind loop.h.

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include <uv.h>

#include "transport/loop.h"

namespace sfteams::transport {

/// What other threads put their tasks into. It is shared, so that a thread that comes too late
/// finds it closed instead of finding the loop gone.
class Mailbox {
 public:
  explicit Mailbox(uv_async_t& bell) : bell_(&bell) {}

  void put(std::function<void()> task);
  [[nodiscard]] std::vector<std::function<void()>> take();
  /// Drops what is in it and everything that comes later.
  void close();

 private:
  std::mutex mutex_;
  uv_async_t* bell_;  ///< nullptr: closed
  std::vector<std::function<void()>> tasks_;
};

/// One libuv timer, used again and again: closing one takes a turn of the loop and memory that
/// outlives it, stopping one takes nothing.
struct TimerSlot {
  uv_timer_t handle{};
  Loop::Impl* loop = nullptr;
  std::function<void()> callback;
};

struct SignalSlot {
  uv_signal_t handle{};
  Loop::Impl* loop = nullptr;
  std::shared_ptr<std::function<void(int)>> callback;
};

struct Loop::Impl {
  uv_loop_t uv{};
  uv_async_t bell{};
  uv_check_t turn_end{};
  TurnObserver on_turn;
  std::uint64_t turn_began = 0;  ///< uv_hrtime()
  std::uint64_t waited = 0;      ///< in the poll, from the beginning on, in ns
  /// A signal has ended the poll of this turn, and libuv does not count what was waited until then.
  bool interrupted = false;
  std::shared_ptr<Mailbox> mailbox;
  std::vector<std::unique_ptr<TimerSlot>> timers;
  std::vector<TimerSlot*> free_timers;
  std::vector<std::unique_ptr<SignalSlot>> signals;
  bool running = false;
  bool in_timer = false;

  Impl() = default;
  ~Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  [[nodiscard]] TimerSlot* take_timer();
  void give_back(TimerSlot* slot);
  void ring();
  void end_turn();
  void fire(TimerSlot& slot);
  /// False when something that is not ours still has a handle or a request on the loop.
  [[nodiscard]] bool close();
};

/// For the other files of this room, which put handles of their own on the loop. Those are closed,
/// and their close callbacks have run, before the Loop goes.
[[nodiscard]] inline uv_loop_t* uv_of(Loop& loop) {
  return &loop.impl().uv;
}

}  // namespace sfteams::transport
