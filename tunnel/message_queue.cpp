#include "tunnel/message_queue.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "crypto/hash.h"
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

std::span<const std::uint8_t> MessageQueue::front() const {
  const auto rest = bytes_.bytes().subspan(head_);
  return rest.subspan(kLengthSize, load_u32(rest.first<kLengthSize>()));
}

void MessageQueue::take(std::size_t size) {
  const std::size_t left = front().size();
  if (size > left) throw std::logic_error("MessageQueue::take: more than the first message");
  size_ -= size;
  head_ += size;
  if (size == left) {
    head_ += kLengthSize;
    ++taken_;
  } else {
    // The length moves along in front of what is left.
    store(bytes_.bytes().subspan(head_).first<kLengthSize>(), left - size);
  }
  if (empty()) {
    bytes_.release();
    head_ = 0;
  } else if (head_ >= kCompactFrom && head_ > bytes_.size() / 2) {
    bytes_.drop_front(head_);
    head_ = 0;
  }
}

void MessageQueue::clear() {
  bytes_.release();
  head_ = 0;
  size_ = 0;
}

}  // namespace sfteams::tunnel
