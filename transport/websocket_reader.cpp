#include "transport/websocket_reader.h"

#include <algorithm>
#include <string_view>

#include "base/text/encoding.h"

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

/// RFC 6455 section 7.4: those that stand for the lack of a status, or for nothing yet, are never
/// sent.
bool is_status(unsigned number) {
  const bool known = number >= 1000 && number <= 1014 && !(number >= 1004 && number <= 1006);
  return known || (number >= 3000 && number <= 4999);
}

/// Nothing, or a status with a reason in UTF-8.
bool is_close_payload(std::span<const std::uint8_t> payload) {
  if (payload.empty()) return true;
  if (payload.size() < 2 || !is_status(unsigned{payload[0]} << 8 | payload[1])) return false;
  const auto reason = payload.subspan(2);
  return text::is_utf8({reinterpret_cast<const char*>(reason.data()), reason.size()});
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
        if (header_bytes_ == 2 && !begins_well()) return Outcome::broken;
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
  const std::uint64_t least = key_at == 2 ? 0 : key_at == 4 ? 126 : 0x10000;
  header_bytes_ = 0;
  in_payload_ = true;
  // The shortest form, and the highest bit is none of it (RFC 6455 section 5.2).
  return remaining_ >= least && remaining_ >> 63 == 0;
}

bool FrameReader::begins_well() {
  final_ = (header_[0] & kFinalBit) != 0;
  opcode_ = header_[0] & 0x0f;
  const bool masked = (header_[1] & kMaskBit) != 0;
  if (!masked || (header_[0] & kReservedBits) != 0) return false;
  if (is_control()) {
    control_bytes_ = 0;
    return is_control_opcode(opcode_) && final_ && (header_[1] & 0x7f) <= kMaxControl;
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
  const std::span<const std::uint8_t> all(control_.data(), control_bytes_);
  const auto opcode = static_cast<Opcode>(opcode_);
  if (opcode == Opcode::close && !is_close_payload(all)) return Outcome::broken;
  return user.on_control(opcode, all) ? Outcome::going_on : Outcome::stopped;
}

}  // namespace sfteams::transport
