#include "tunnel/relay_queue.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "base/error/counted.h"
#include "tunnel/byte_order.h"
#include "tunnel/codes.h"

namespace sfteams::tunnel {
namespace {

constexpr std::size_t kLengthSize = 2;
// Below this, moving what is left to the front costs more than it frees.
constexpr std::size_t kCompactFrom = 4096;

}  // namespace

Result<void> RelayQueue::push(std::span<const std::uint8_t> packet) {
  if (packet.empty() || packet.size() > kMaxPacket) {
    throw std::length_error("RelayQueue::push: a packet has 1 … 4,080 bytes");
  }
  const std::uint32_t available = kMaxCredit - waiting_ - unreturned_;
  if (packet.size() > available) {
    return fail(codes::kCreditOverrun,
                "a packet of " + counted(packet.size(), "byte") + " came on a credit of " +
                    std::to_string(available),
                "the sender's software breaks the protocol");
  }
  std::array<std::uint8_t, kLengthSize> length{};
  store(std::span(length), packet.size());
  if (bytes_.capacity() == 0) bytes_.reserve(kLengthSize + packet.size());
  bytes_.insert(bytes_.end(), length.begin(), length.end());
  bytes_.insert(bytes_.end(), packet.begin(), packet.end());
  waiting_ += static_cast<std::uint32_t>(packet.size());
  return {};
}

Result<void> RelayQueue::window(std::uint32_t credit) {
  if (credit == 0) {
    return fail(codes::kCreditZero, "a WINDOW of 0 came",
                "the receiver's software breaks the protocol");
  }
  if (credit > unreturned_) {
    return fail(codes::kCreditOverflow,
                "a WINDOW of " + std::to_string(credit) + " came when " +
                    counted(unreturned_, "byte") + " could be returned",
                "the receiver's software breaks the protocol");
  }
  unreturned_ -= credit;
  return {};
}

Pull RelayQueue::next_packet(std::span<std::uint8_t> out) {
  if (empty()) return {};
  const auto rest = std::span<const std::uint8_t>(bytes_).subspan(head_);
  const std::size_t length = load_u16(rest.first<kLengthSize>());
  if (length > out.size()) return {0, Pull::Next::more};
  const auto packet = rest.subspan(kLengthSize, length);
  std::copy(packet.begin(), packet.end(), out.begin());
  head_ += kLengthSize + length;
  waiting_ -= static_cast<std::uint32_t>(length);
  unreturned_ += static_cast<std::uint32_t>(length);
  if (empty()) {
    bytes_ = {};
    head_ = 0;
    return {length, Pull::Next::idle};
  }
  if (head_ >= kCompactFrom && head_ > bytes_.size() / 2) {
    bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }
  return {length, Pull::Next::more};
}

}  // namespace sfteams::tunnel
