#include "tunnel/message_queue.h"

#include <iterator>
#include <stdexcept>

#include "base/crypto/hash.h"

namespace sfteams::tunnel {

void MessageQueue::push(std::string_view message) {
  if (message.empty()) throw std::invalid_argument("MessageQueue::push: an empty message");
  messages_.emplace_back().append(crypto::bytes_of(message));
  size_ += message.size();
  if (empty()) next_ = std::prev(messages_.end());
}

std::span<const std::uint8_t> MessageQueue::front() const {
  return next_->bytes().subspan(part_);
}

void MessageQueue::take(std::size_t size) {
  const std::size_t left = front().size();
  if (size > left) throw std::logic_error("MessageQueue::take: more than the message has");
  part_ += size;
  if (size < left) return;
  ++next_;
  part_ = 0;
  ++taken_;
}

void MessageQueue::acknowledge(std::uint64_t number) {
  if (number > taken_) throw std::logic_error("MessageQueue::acknowledge: it was never sent");
  for (; acknowledged_ < number; ++acknowledged_) {
    size_ -= messages_.front().size();
    messages_.pop_front();
  }
}

void MessageQueue::rewind() {
  next_ = messages_.begin();
  part_ = 0;
  taken_ = acknowledged_;
}

void MessageQueue::each(const std::function<void(std::span<const std::uint8_t>)>& look) const {
  for (const WipedBytes& message : messages_)
    look(message.bytes());
}

void MessageQueue::clear() {
  messages_.clear();
  next_ = messages_.end();
  part_ = size_ = 0;
  acknowledged_ = taken_;
}

}  // namespace sfteams::tunnel
