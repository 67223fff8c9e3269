#pragma once

// Only for the .cpp files of this room: libwebsockets stays behind the public headers.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "transport/network_impl.h"
#include "transport/websocket.h"
#include "transport/websocket_frame.h"
#include "transport/websocket_reader.h"
#include "transport/websocket_wire.h"

namespace sfteams::transport {

/// An open websocket, dialled or accepted: puts messages together, asks for what is to be sent,
/// pings, and closes. It belongs to the Link; its owner, the Websocket, may go at any time, in any
/// call of its handler too. From then on the channel calls nobody and only sees to it that the
/// connection ends.
class WebsocketChannel final : public FrameUser {
 public:
  enum class Side { dialled, accepted };

  /// `wire` is that of `link`.
  WebsocketChannel(Network::Impl& network, Link& link, WebsocketWire& wire, Websocket::Impl& owner,
                   Side side);
  ~WebsocketChannel() override;
  WebsocketChannel(const WebsocketChannel&) = delete;
  WebsocketChannel& operator=(const WebsocketChannel&) = delete;

  // From the Link. What returns false wants the connection closed.

  [[nodiscard]] bool on_piece(std::span<const std::uint8_t> payload,
                              const MessagePiece& piece) override;
  [[nodiscard]] bool on_control(Opcode opcode, std::span<const std::uint8_t> payload) override;
  /// The peer broke RFC 6455.
  [[nodiscard]] bool on_broken_frame();
  [[nodiscard]] bool on_writable();
  /// A close frame came. Of a dialled websocket libwebsockets answers it; of an accepted one it is
  /// answered here, and then the answer has to get out before the connection ends.
  [[nodiscard]] bool on_peer_close(std::span<const std::uint8_t> payload);
  void on_pong(std::span<const std::uint8_t> payload);
  [[nodiscard]] bool close_answered() const { return close_answered_; }
  /// The connection has gone, or there is nothing more to be expected of it.
  void on_gone();

  /// False when the owner has gone or has been told the end.
  [[nodiscard]] bool owned() const { return owner_ != nullptr; }
  /// The Websocket is being destroyed: drops the connection.
  void abandon();

  void wake();
  /// It asked for it, and no call of libwebsockets is under way.
  void write_now();
  void start_keepalive(const Keepalive& keepalive);
  void close(CloseStatus status, std::string_view reason);

 private:
  [[nodiscard]] bool deliver(std::span<const std::uint8_t> message);
  [[nodiscard]] bool refuse_message(CloseStatus status, const char* why);
  void on_ping(std::span<const std::uint8_t> payload);

  /// At the end of this turn.
  void ask_to_write();
  /// When the kernel takes more.
  void wait_for_room();
  void schedule_ping(Duration delay);
  void ping_is_due();
  /// Asks the kernel every now and then; `unasked` counts what was written since.
  [[nodiscard]] bool is_full(std::size_t& unasked) const;
  /// Sends the `length` bytes of payload at kPre in network_.outgoing.
  [[nodiscard]] bool write_frame(Opcode opcode, std::size_t length);
  [[nodiscard]] bool write_frame(Opcode opcode, std::span<const std::uint8_t> payload);
  [[nodiscard]] bool send_ping();
  [[nodiscard]] bool send_pong();
  /// Sends a close frame; the connection is dropped when the peer has answered it, or after a
  /// while.
  [[nodiscard]] bool send_close();
  /// Tells the owner the end; the last thing it hears. The owner may have gone afterwards.
  void finish(CloseInfo info);
  /// Ends the connection, whatever state it is in, if it has not ended by itself within kFarewell.
  void linger();

  Network::Impl& network_;
  Link& link_;
  WebsocketWire& wire_;
  Websocket::Impl* owner_;
  Side side_;

  std::vector<std::uint8_t> message_;  ///< the pieces so far of a message that came in pieces

  bool write_asked_ = false;  ///< either way: on_writable() will be called
  bool closing_ = false;      ///< close() was called, or the peer did wrong
  /// Our close frame is out: nothing more is sent, what comes is dropped.
  bool close_sent_ = false;
  bool close_answered_ = false;  ///< it was the peer's, and our answer is out
  CloseInfo ending_;             ///< what on_close will say when the connection has gone
  CloseStatus close_status_ = CloseStatus::normal;
  std::string close_reason_;

  /// What to answer to the last ping: one that is not answered yet when the next one comes need not
  /// be (RFC 6455 section 5.5.3), so pings take no memory.
  std::optional<std::vector<std::uint8_t>> pong_due_;

  Keepalive keepalive_;
  bool ping_due_ = false;
  std::uint64_t ping_number_ = 0;
  std::chrono::steady_clock::time_point ping_sent_;
  bool pong_awaited_ = false;
  std::unique_ptr<Timer> ping_timer_;
  std::unique_ptr<Timer> pong_deadline_;
  std::unique_ptr<Timer> farewell_;
};

}  // namespace sfteams::transport
