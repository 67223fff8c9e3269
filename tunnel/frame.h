#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/error/error.h"

namespace sfteams::tunnel {

/// docs/protocol.md, "Frames". Below 0x10: link control on stream 0; from 0x10: frames of a stream.
/// From 0x20: what only nodes of one cluster say to each other (connector/cluster/node_frames.h);
/// the first two on stream 0, the others on a stream.
enum class FrameType : std::uint8_t {
  challenge = 0x01,
  register_name = 0x02,
  registered = 0x03,
  keys = 0x04,
  admit = 0x05,
  admitted = 0x06,
  refused = 0x07,
  numbered_keys = 0x08,
  keys_taken = 0x09,
  open = 0x10,
  data = 0x11,
  window = 0x12,
  close = 0x13,
  node_hello = 0x20,
  node_welcome = 0x21,
  enter = 0x22,
  entered = 0x23,
  turned_away = 0x24,
  not_here = 0x25,
};

/// Who is at the other end of a link. To agents and clients the frames of nodes are unknown.
enum class Speaker : std::uint8_t { agent_or_client, node };

/// "DATA", for logs and errors; "unknown" for a value outside the enumeration.
[[nodiscard]] const char* name_of(FrameType type);

/// One frame: type u8 | flags u8 = 0 | length u16 | stream u32 | payload, all big-endian.
struct Frame {
  FrameType type = FrameType::data;
  std::uint32_t stream = 0;
  std::span<const std::uint8_t> payload;  ///< a view into the websocket message
};

/// Takes a websocket message apart without copying it. The message outlives the frames.
///
/// Checked here, so that nobody above has to: the message's length (1 … 16,376), the header, flags,
/// type, that control frames are on stream 0 and others are not, and the payload's length for its
/// type: DATA 1 … 4,080, WINDOW 4, OPEN 8, CLOSE 2 … 122, REGISTERED 4, ADMITTED 0, KEYS_TAKEN 4.
/// The frames of nodes may become longer in later versions, up to a bound, where their contents are
/// not fixed.
/// Whether a type may come from this side and in this state is the link's to check
/// (codes::kFrameUnexpected).
class FrameReader {
 public:
  explicit FrameReader(std::span<const std::uint8_t> message,
                       Speaker speaker = Speaker::agent_or_client)
      : message_(message), speaker_(speaker) {}

  /// The next frame; nullopt after the last. After an error the link is over: tell
  /// wire_code_for(error) and close. Fails with tunnel.message-empty, .message-oversize,
  /// .frame-truncated (also: bytes left over at the end), .frame-bad-length, .frame-reserved-flags,
  /// .frame-unknown-type, .frame-wrong-stream.
  [[nodiscard]] Result<std::optional<Frame>> next();

 private:
  std::span<const std::uint8_t> message_;
  std::size_t position_ = 0;
  Speaker speaker_;
};

/// Writes frames one after the other into a fixed buffer, of which at most 16,376 bytes are used.
class FrameWriter {
 public:
  explicit FrameWriter(std::span<std::uint8_t> out);

  /// False, and nothing is written, when the frame does not fit.
  [[nodiscard]] bool write(FrameType type, std::uint32_t stream,
                           std::span<const std::uint8_t> payload);

  /// Where the payload of the next frame would stand: all that is left behind its header; empty
  /// when there is no room for one byte. Write there, then commit().
  [[nodiscard]] std::span<std::uint8_t> payload_room() const;
  /// Puts the header in front of `size` bytes written to payload_room(). More than was there is a
  /// programmer's error (std::length_error).
  void commit(FrameType type, std::uint32_t stream, std::size_t size);

  /// Bytes written so far.
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::span<std::uint8_t> out_;
  std::size_t size_ = 0;
};

}  // namespace sfteams::tunnel
