#include "transport/bus/worker_queue.h"

#include <utility>

namespace sfteams::bus {
namespace {

/// What a message takes in memory, roughly.
std::size_t memory_of(const Publish& message) {
  return sizeof(WorkerQueue::Item) + message.subject.size() + message.body.size();
}

}  // namespace

void WorkerQueue::push(Item item, bool first) {
  {
    const std::lock_guard guard(mutex_);
    if (closed_) return;
    if (first) {
      waiting_.push_front(std::move(item));
    } else {
      waiting_.push_back(std::move(item));
    }
  }
  changed_.notify_one();
}

bool WorkerQueue::put(Publish message) {
  const std::size_t size = memory_of(message);
  {
    const std::lock_guard guard(mutex_);
    if (closed_ || messages_ >= kMost || bytes_ + size > kMostBytes) return false;
    ++messages_;
    bytes_ += size;
    waiting_.emplace_back(std::move(message));
  }
  changed_.notify_one();
  return true;
}

void WorkerQueue::put(Subscribe subscription) {
  push(std::move(subscription));
}

void WorkerQueue::put(Unsubscribe subscription) {
  push(subscription);
}

void WorkerQueue::put(Dialled dialled) {
  push(std::move(dialled), true);
}

void WorkerQueue::put(Closed closed) {
  push(std::move(closed), true);
}

std::optional<WorkerQueue::Item> WorkerQueue::take(transport::TimePoint until) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, until, [this] { return closed_ || !waiting_.empty(); });
  if (closed_ || waiting_.empty()) return std::nullopt;
  std::optional<Item> item(std::move(waiting_.front()));
  waiting_.pop_front();
  if (const auto* const message = std::get_if<Publish>(&*item)) {
    --messages_;
    bytes_ -= memory_of(*message);
  }
  return item;
}

void WorkerQueue::close() {
  std::deque<Item> dropped;  // a line in it is closed without the lock
  {
    const std::lock_guard guard(mutex_);
    closed_ = true;
    dropped.swap(waiting_);
  }
  changed_.notify_one();
}

bool WorkerQueue::closed() {
  const std::lock_guard guard(mutex_);
  return closed_;
}

}  // namespace sfteams::bus
