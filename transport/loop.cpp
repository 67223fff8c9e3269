#include "transport/loop.h"

#include <algorithm>
#include <cassert>
#include <csignal>
#include <cstdint>
#include <string>
#include <utility>

#include "transport/codes.h"
#include "transport/loop_impl.h"

namespace sfteams::transport {
namespace {

class LoopTimer final : public Timer {
 public:
  LoopTimer(Loop::Impl& loop, TimerSlot& slot) : loop_(loop), slot_(slot) {}
  ~LoopTimer() override { loop_.give_back(&slot_); }
  LoopTimer(const LoopTimer&) = delete;
  LoopTimer& operator=(const LoopTimer&) = delete;

 private:
  Loop::Impl& loop_;
  TimerSlot& slot_;
};

Error loop_failed(const std::string& step, int status) {
  return Error{codes::kLoopFailed, step + " failed: " + uv_strerror(status),
               "the system is probably out of memory or file descriptors (ulimit -n)"};
}

}  // namespace

void Mailbox::put(std::function<void()> task) {
  const std::lock_guard guard(mutex_);
  if (bell_ == nullptr) return;
  tasks_.push_back(std::move(task));
  if (tasks_.size() == 1) uv_async_send(bell_);
}

std::vector<std::function<void()>> Mailbox::take() {
  const std::lock_guard guard(mutex_);
  return std::exchange(tasks_, {});
}

void Mailbox::close() {
  std::vector<std::function<void()>> dropped;  // their destructors run without the lock
  const std::lock_guard guard(mutex_);
  bell_ = nullptr;
  dropped.swap(tasks_);
}

TimerSlot* Loop::Impl::take_timer() {
  if (!free_timers.empty()) {
    TimerSlot* slot = free_timers.back();
    free_timers.pop_back();
    return slot;
  }
  timers.push_back(std::make_unique<TimerSlot>());
  free_timers.reserve(timers.capacity());  // so that giving back never allocates
  TimerSlot* slot = timers.back().get();
  slot->loop = this;
  uv_timer_init(&uv, &slot->handle);
  slot->handle.data = slot;
  return slot;
}

void Loop::Impl::give_back(TimerSlot* slot) {
  uv_timer_stop(&slot->handle);
  free_timers.push_back(slot);
  // Last, because what the callback holds may own further timers.
  const std::function<void()> dropped = std::exchange(slot->callback, nullptr);
}

void Loop::Impl::fire(TimerSlot& slot) {
  // Moved out, so that the Timer may go, and the slot may be used again, while it runs.
  const std::function<void()> callback = std::exchange(slot.callback, nullptr);
  in_timer = true;
  if (callback) callback();
  in_timer = false;
}

void Loop::Impl::ring() {
  for (std::function<void()>& task : mailbox->take())
    task();
}

void Loop::Impl::end_turn() {
  if (!on_turn) return;
  const std::uint64_t now = uv_hrtime();
  const std::uint64_t idle = uv_metrics_idle_time(&uv);
  const std::uint64_t passed = now - std::exchange(turn_began, now);
  const std::uint64_t waiting = idle - std::exchange(waited, idle);
  if (std::exchange(interrupted, false)) return;
  on_turn(std::chrono::nanoseconds(passed > waiting ? passed - waiting : 0));
}

bool Loop::Impl::close() {
  mailbox->close();
  on_turn = nullptr;
  uv_close(reinterpret_cast<uv_handle_t*>(&bell), nullptr);
  uv_close(reinterpret_cast<uv_handle_t*>(&turn_end), nullptr);
  for (const auto& slot : timers) {
    slot->callback = nullptr;
    uv_close(reinterpret_cast<uv_handle_t*>(&slot->handle), nullptr);
  }
  for (const auto& slot : signals) {
    uv_close(reinterpret_cast<uv_handle_t*>(&slot->handle), nullptr);
  }
  // Closing takes a turn; handles of others that are being closed may take one more.
  constexpr int kTurns = 100;
  for (int turn = 0; turn < kTurns; ++turn) {
    if (uv_loop_close(&uv) == 0) return true;
    uv_run(&uv, UV_RUN_NOWAIT);
  }
  return false;
}

Loop::Loop(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<Loop>> Loop::create() {
  // OpenSSL writes to sockets whose other end may have gone; the error is enough of an answer.
  std::signal(SIGPIPE, SIG_IGN);
  auto impl = std::make_unique<Impl>();
  if (const int status = uv_loop_init(&impl->uv); status != 0) {
    return fail(loop_failed("setting up the event loop", status));
  }
  const auto on_bell = [](uv_async_t* bell) noexcept { static_cast<Impl*>(bell->data)->ring(); };
  if (const int status = uv_async_init(&impl->uv, &impl->bell, on_bell); status != 0) {
    uv_loop_close(&impl->uv);
    return fail(loop_failed("setting up the event loop", status));
  }
  impl->bell.data = impl.get();
  // So that the time in the poll can be told from the work; before the loop runs for the first
  // time.
  uv_loop_configure(&impl->uv, UV_METRICS_IDLE_TIME);
  uv_check_init(&impl->uv, &impl->turn_end);
  impl->turn_end.data = impl.get();
  impl->mailbox = std::make_shared<Mailbox>(impl->bell);
  return std::unique_ptr<Loop>(new Loop(std::move(impl)));
}

Loop::~Loop() {
  if (impl_->close()) return;
  assert(false && "something on the event loop has outlived it");
  // Kept for whoever is still on it; the process is about to end.
  static_cast<void>(impl_.release());  // NOLINT(bugprone-unused-return-value)
}

void Loop::run() {
  impl_->running = true;
  uv_run(&impl_->uv, UV_RUN_DEFAULT);
  impl_->running = false;
}

void Loop::stop() {
  uv_stop(&impl_->uv);
}

TimePoint Loop::now() const {
  // libuv and steady_clock both count from CLOCK_MONOTONIC's zero. Outside of run() nobody else
  // keeps the loop's clock going.
  if (!impl_->running) uv_update_time(&impl_->uv);
  return TimePoint(Duration(static_cast<Duration::rep>(uv_now(&impl_->uv))));
}

std::unique_ptr<Timer> Loop::after(Duration delay, std::function<void()> callback) {
  if (!impl_->running) uv_update_time(&impl_->uv);
  // libuv goes through its timers until none is due; one that sets itself up again without a delay
  // would never let it get to the sockets.
  const Duration least(impl_->in_timer ? 1 : 0);
  TimerSlot* slot = impl_->take_timer();
  slot->callback = std::move(callback);
  const auto on_time = [](uv_timer_t* handle) noexcept {
    auto* fired = static_cast<TimerSlot*>(handle->data);
    fired->loop->fire(*fired);
  };
  uv_timer_start(&slot->handle, on_time, static_cast<std::uint64_t>(std::max(delay, least).count()),
                 0);
  return std::make_unique<LoopTimer>(*impl_, *slot);
}

void Loop::observe_turns(TurnObserver observer) {
  impl_->on_turn = std::move(observer);
  if (!impl_->on_turn) {
    uv_check_stop(&impl_->turn_end);
    return;
  }
  impl_->turn_began = uv_hrtime();
  impl_->waited = uv_metrics_idle_time(&impl_->uv);
  const auto on_end = [](uv_check_t* handle) noexcept {
    static_cast<Impl*>(handle->data)->end_turn();
  };
  uv_check_start(&impl_->turn_end, on_end);
}

void Loop::post(std::function<void()> task) {
  impl_->mailbox->put(std::move(task));
}

Result<void> Loop::on_signals(std::initializer_list<int> signals,
                              std::function<void(int)> callback) {
  const auto shared = std::make_shared<std::function<void(int)>>(std::move(callback));
  for (const int number : signals) {
    auto slot = std::make_unique<SignalSlot>();
    slot->callback = shared;
    if (const int status = uv_signal_init(&impl_->uv, &slot->handle); status != 0) {
      return fail(loop_failed("listening for signal " + std::to_string(number), status));
    }
    slot->handle.data = slot.get();
    slot->loop = impl_.get();
    const auto on_signal = [](uv_signal_t* handle, int arrived) noexcept {
      const auto* signal = static_cast<SignalSlot*>(handle->data);
      signal->loop->interrupted = true;
      const auto held = signal->callback;
      (*held)(arrived);
    };
    const int status = uv_signal_start(&slot->handle, on_signal, number);
    impl_->signals.push_back(std::move(slot));
    if (status != 0) {
      return fail(loop_failed("listening for signal " + std::to_string(number), status));
    }
  }
  return {};
}

}  // namespace sfteams::transport
