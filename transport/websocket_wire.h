#pragma once

// Only for the .cpp files of this room: libwebsockets stays behind the public headers.

#include <cstdint>
#include <span>

namespace sfteams::transport {

/// The connection under a WebsocketChannel, which writes whole frames to it: libwebsockets' for a
/// dialled one, a Stream for an accepted one.
class WebsocketWire {
 public:
  WebsocketWire() = default;
  virtual ~WebsocketWire() = default;
  WebsocketWire(const WebsocketWire&) = delete;
  WebsocketWire& operator=(const WebsocketWire&) = delete;

  /// False when there is no connection (any more).
  [[nodiscard]] virtual bool is_open() const = 0;
  /// Sends, and keeps what the kernel does not take now. False when the connection is broken.
  [[nodiscard]] virtual bool write(std::span<std::uint8_t> frame) = 0;
  /// What was written is not all with the kernel yet: nothing more is to be written.
  [[nodiscard]] virtual bool has_unsent() const = 0;
  /// Whether the kernel takes nothing just now. A system call.
  [[nodiscard]] virtual bool is_choked() const = 0;
  /// The channel's on_writable() is called once there is room.
  virtual void call_when_writable() = 0;
};

}  // namespace sfteams::transport
