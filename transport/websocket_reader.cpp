#include "transport/websocket_reader.h"

#include <algorithm>

namespace sfteams::transport {
namespace {

constexpr std::uint8_t kFinalBit = 0x80;
constexpr std::uint8_t kReservedBits = 0x70;
constexpr std::uint8_t kMaskBit = 0x80;
constexpr std::size_t kMaxControl = 125;

constexpr std::uint8_t kContinuation = 0x0;
constexpr std::uint8_t kText = 0x1;
constexpr std::uint8_t kBinary = 0x2;

bool is_control_opcode(std::uint8_t opcode) {
  return opcode == static_cast<std::uint8_t>(Opcode::close) ||
         opcode == static_cast<std::uint8_t>(Opcode::ping) ||
         opcode == static_cast<std::uint8_t>(Opcode::pong);
}

}  // namespace

std::size_t FrameReader::header_length() const {
  if (header_bytes_ < 2) return 2;
  const std::uint8_t length = header_[1] & 0x7f;
  const std::size_t more = length == 127 ? 8 : length == 126 ? 2 : 0;
  return 2 + more + key_.size();
}

FrameReader::Outcome FrameReader::feed(std::span<std::uint8_t> bytes, FrameUser& user) {
  while (true) {
    if (!in_payload_) {
      while (header_bytes_ < header_length() && !bytes.empty()) {
        header_[header_bytes_++] = bytes.front();
        bytes = bytes.subspan(1);
      }
      if (header_bytes_ < header_length()) return Outcome::going_on;
      if (!take_header()) return Outcome::broken;
    }
    if (bytes.empty() && remaining_ > 0) return Outcome::going_on;
    const std::size_t length = std::min<std::uint64_t>(bytes.size(), remaining_);
    const Outcome outcome = take_payload(bytes.first(length), user);
    if (outcome != Outcome::going_on) return outcome;
    bytes = bytes.subspan(length);
  }
}

bool FrameReader::take_header() {
  const std::size_t key_at = header_length() - key_.size();
  remaining_ = header_[1] & 0x7f;
  if (remaining_ >= 126) {
    remaining_ = 0;
    for (std::size_t i = 2; i < key_at; ++i)
      remaining_ = remaining_ << 8 | header_[i];
  }
  std::copy_n(header_.begin() + static_cast<std::ptrdiff_t>(key_at), key_.size(), key_.begin());
  final_ = (header_[0] & kFinalBit) != 0;
  opcode_ = header_[0] & 0x0f;
  const bool masked = (header_[1] & kMaskBit) != 0;
  header_bytes_ = 0;
  in_payload_ = true;
  if (!masked || (header_[0] & kReservedBits) != 0 || remaining_ >> 63 != 0) return false;
  if (is_control()) {
    control_bytes_ = 0;
    return is_control_opcode(opcode_) && final_ && remaining_ <= kMaxControl;
  }
  if (opcode_ == kContinuation) return in_message_;
  if (in_message_ || (opcode_ != kText && opcode_ != kBinary)) return false;
  binary_ = opcode_ == kBinary;
  in_message_ = true;
  return true;
}

FrameReader::Outcome FrameReader::take_payload(std::span<std::uint8_t> payload, FrameUser& user) {
  apply_mask(payload, key_);
  remaining_ -= payload.size();
  // The key goes on where this piece has ended.
  std::rotate(key_.begin(),
              key_.begin() + static_cast<std::ptrdiff_t>(payload.size() % key_.size()), key_.end());
  const bool whole = remaining_ == 0;
  if (whole) in_payload_ = false;
  if (!is_control()) {
    const MessagePiece piece{binary_, final_ && whole, remaining_};
    if (piece.last) in_message_ = false;
    return user.on_piece(payload, piece) ? Outcome::going_on : Outcome::stopped;
  }
  std::ranges::copy(payload, control_.begin() + static_cast<std::ptrdiff_t>(control_bytes_));
  control_bytes_ += payload.size();
  if (!whole) return Outcome::going_on;
  return user.on_control(static_cast<Opcode>(opcode_), {control_.data(), control_bytes_})
             ? Outcome::going_on
             : Outcome::stopped;
}

}  // namespace sfteams::transport
