#include "transport/bus/own_threads.h"

#include <csignal>
#include <system_error>
#include <thread>
#include <utility>

#include <nats/nats.h>

#include "base/error/system_error.h"
#include "transport/bus/codes.h"

namespace sfteams::bus {
namespace {

/// Signals are for the loop's thread.
class NoSignals {
 public:
  NoSignals() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~NoSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  NoSignals(const NoSignals&) = delete;
  NoSignals& operator=(const NoSignals&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

Result<void> OwnThreads::start(std::function<void()> work) {
  {
    const std::lock_guard guard(mutex_);
    ++running_;
  }
  try {
    const NoSignals masked;
    std::thread([self = shared_from_this(), work = std::move(work)]() mutable {
      work();
      work = nullptr;  // what it holds goes here, before the end is told
      nats_ReleaseThreadMemory();
      self->ended();
    }).detach();
  } catch (const std::system_error& problem) {
    ended();
    return fail(
        codes::kFailed,
        "no thread for the NATS bus can be started: " + system_message(problem.code().value()),
        "the system or the service's limits (TasksMax=) allow no more of them");
  }
  return {};
}

void OwnThreads::ended() {
  // Under the lock, so that who waits does not go before the call has returned.
  const std::lock_guard guard(mutex_);
  --running_;
  changed_.notify_all();
}

bool OwnThreads::wait(transport::Duration patience) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [this] { return running_ == 0; });
}

}  // namespace sfteams::bus
