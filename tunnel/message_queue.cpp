#include "tunnel/message_queue.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "crypto/hash.h"
#include "crypto/secret.h"
#include "tunnel/byte_order.h"

namespace sfteams::tunnel {
namespace {

constexpr std::size_t kLengthSize = 4;
// Below this, moving what is left to the front costs more than it frees.
constexpr std::size_t kCompactFrom = 65'536;

}  // namespace

void MessageQueue::push(std::string_view message) {
  if (message.empty() || message.size() > std::numeric_limits<std::uint32_t>::max()) {
    throw std::invalid_argument("MessageQueue::push: empty, or 4 GiB and more");
  }
  const auto text = crypto::bytes_of(message);
  const auto room = bytes_.extend(kLengthSize + text.size());
  store(room.first<kLengthSize>(), text.size());
  std::copy(text.begin(), text.end(), room.subspan(kLengthSize).begin());
  size_ += text.size();
}

std::size_t MessageQueue::length_at(std::size_t position) const {
  return load_u32(bytes_.bytes().subspan(position).first<kLengthSize>());
}

std::span<const std::uint8_t> MessageQueue::front() const {
  return bytes_.bytes().subspan(next_ + kLengthSize, length_at(next_)).subspan(part_);
}

void MessageQueue::take(std::size_t size) {
  const std::size_t left = front().size();
  if (size > left) throw std::logic_error("MessageQueue::take: more than the message has");
  part_ += size;
  if (size < left) return;
  next_ += kLengthSize + part_;
  part_ = 0;
  ++taken_;
}

void MessageQueue::acknowledge(std::uint64_t number) {
  if (number > taken_) throw std::logic_error("MessageQueue::acknowledge: it was never sent");
  for (; acknowledged_ < number; ++acknowledged_) {
    const std::size_t length = length_at(head_);
    crypto::wipe(bytes_.bytes().subspan(head_ + kLengthSize, length));
    head_ += kLengthSize + length;
    size_ -= length;
  }
  compact();
}

void MessageQueue::rewind() {
  next_ = head_;
  part_ = 0;
  taken_ = acknowledged_;
}

void MessageQueue::clear() {
  bytes_.release();
  head_ = next_ = part_ = size_ = 0;
  acknowledged_ = taken_;
}

void MessageQueue::compact() {
  if (head_ == bytes_.size()) {
    bytes_.release();
    head_ = next_ = 0;
  } else if (head_ >= kCompactFrom && head_ > bytes_.size() / 2) {
    bytes_.drop_front(head_);
    next_ -= head_;
    head_ = 0;
  }
}

}  // namespace sfteams::tunnel
