#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "transport/websocket_frame.h"

namespace sfteams::transport {

/// A part of a message, or a whole one.
struct MessagePiece {
  bool binary = true;  ///< false: text
  bool last = false;   ///< it ends the message
  /// Of its frame, still to come. As announced, so never to reserve memory by.
  std::uint64_t remaining = 0;
};

/// What a FrameReader has found. Each returns false to have nothing more read.
class FrameUser {
 public:
  virtual ~FrameUser() = default;
  virtual bool on_piece(std::span<const std::uint8_t> payload, const MessagePiece& piece) = 0;
  /// A ping, a pong or a close, with its payload of at most 125 bytes.
  virtual bool on_control(Opcode opcode, std::span<const std::uint8_t> payload) = 0;
};

/// Takes the frames of a client apart (RFC 6455 section 5): masked, without reserved bits, lengths
/// in their shortest form, control frames short and whole, a close with a status that may be sent
/// and a reason in UTF-8, or with nothing. What breaks this is found with the byte that shows it.
/// Payloads are handed on as they come, however long a frame says that it is. Does no I/O.
class FrameReader {
 public:
  enum class Outcome { going_on, stopped, broken };

  /// Unmasks in place.
  [[nodiscard]] Outcome feed(std::span<std::uint8_t> bytes, FrameUser& user);

 private:
  /// Two bytes, up to eight of the length, four of the key.
  static constexpr std::size_t kMaxHeader = 14;

  [[nodiscard]] std::size_t header_length() const;
  /// Looks at the first two bytes.
  [[nodiscard]] bool begins_well();
  [[nodiscard]] bool take_header();
  [[nodiscard]] Outcome take_payload(std::span<std::uint8_t> payload, FrameUser& user);
  [[nodiscard]] bool is_control() const { return (opcode_ & 0x8) != 0; }

  std::array<std::uint8_t, kMaxHeader> header_{};
  std::size_t header_bytes_ = 0;
  bool in_payload_ = false;

  // Of the frame that is being read.
  bool final_ = false;
  std::uint8_t opcode_ = 0;
  std::uint64_t remaining_ = 0;
  MaskingKey key_{};

  bool in_message_ = false;  ///< a first frame has come, the last one has not
  bool binary_ = true;
  std::array<std::uint8_t, 125> control_{};
  std::size_t control_bytes_ = 0;
};

}  // namespace sfteams::transport
