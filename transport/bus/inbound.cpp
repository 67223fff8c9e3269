#include "transport/bus/inbound.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sfteams::bus {
namespace {

/// What a message takes in memory, roughly.
std::size_t size_of(const Incoming& incoming) {
  return sizeof incoming + incoming.message.subject.size() + incoming.message.reply_to.size() +
         incoming.message.body.size();
}

}  // namespace

void Inbound::ring() {
  if (ringing_ || loop_ == nullptr) return;
  ringing_ = true;
  loop_->post([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    {
      const std::lock_guard guard(self->mutex_);
      self->ringing_ = false;
    }
    if (self->rung_) self->rung_();
  });
}

void Inbound::push(Incoming incoming) {
  bytes_ += size_of(incoming);
  waiting_.push_back(std::move(incoming));
  ring();
}

bool Inbound::put(Incoming incoming) {
  {
    const std::lock_guard guard(mutex_);
    if (waiting_.size() < kMost && bytes_ + size_of(incoming) <= kMostBytes) {
      push(std::move(incoming));
      return true;
    }
  }
  drop();
  return false;
}

void Inbound::not_sent(std::uint64_t request) {
  const std::lock_guard guard(mutex_);
  push({Incoming::Kind::down, request});
}

void Inbound::line(bool up) {
  const std::lock_guard guard(mutex_);
  if (up) ++line_.ups;
  line_.up = up;
  ring();
}

std::vector<Incoming> Inbound::take(std::size_t most) {
  const std::lock_guard guard(mutex_);
  const auto end =
      std::next(waiting_.begin(), static_cast<std::ptrdiff_t>(std::min(most, waiting_.size())));
  std::vector<Incoming> taken(std::make_move_iterator(waiting_.begin()),
                              std::make_move_iterator(end));
  waiting_.erase(waiting_.begin(), end);
  for (const Incoming& each : taken)
    bytes_ -= size_of(each);
  return taken;
}

LineState Inbound::line() {
  const std::lock_guard guard(mutex_);
  return line_;
}

void Inbound::ring_if_more() {
  const std::lock_guard guard(mutex_);
  if (!waiting_.empty()) ring();
}

void Inbound::close() {
  rung_ = nullptr;
  const std::lock_guard guard(mutex_);
  loop_ = nullptr;
}

}  // namespace sfteams::bus
