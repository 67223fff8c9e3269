#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>

#include "base/error/error.h"
#include "transport/scheduler.h"

namespace sfteams::bus {

/// Threads that libnats may hold up, and that are left behind when it does: what they use has to be
/// theirs, too. No signal reaches them, nor those that libnats starts from them.
class OwnThreads : public std::enable_shared_from_this<OwnThreads> {
 public:
  /// Fails with bus.failed.
  [[nodiscard]] Result<void> start(std::function<void()> work);
  /// Whether all have ended by then.
  bool wait(transport::Duration patience);

 private:
  void ended();

  std::mutex mutex_;  // for what follows
  std::condition_variable changed_;
  std::size_t running_ = 0;
};

}  // namespace sfteams::bus
