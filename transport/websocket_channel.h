#pragma once

// Only for the .cpp files of this room: libwebsockets stays behind the public headers.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "transport/network_impl.h"
#include "transport/websocket.h"
#include "transport/websocket_frame.h"

namespace sfteams::transport {

/// An open websocket, dialled or accepted: puts messages together, asks for what is to be sent,
/// pings, and closes. It belongs to the Link; its owner, the Websocket, may go at any time, in any
/// call of its handler too. From then on the channel calls nobody and only sees to it that the
/// connection ends.
class WebsocketChannel {
 public:
  enum class Side { dialled, accepted };

  WebsocketChannel(Network::Impl& network, Link& link, Websocket::Impl& owner, Side side);
  ~WebsocketChannel();
  WebsocketChannel(const WebsocketChannel&) = delete;
  WebsocketChannel& operator=(const WebsocketChannel&) = delete;

  /// As in Link.
  int on_event(lws_callback_reasons reason, const void* in, std::size_t length);

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
  int on_piece(std::span<const std::uint8_t> piece);
  int deliver(std::span<const std::uint8_t> message);
  int refuse_message(CloseStatus status, const char* why);
  int on_writable();
  int on_peer_close(std::span<const std::uint8_t> payload);
  void on_pong(std::span<const std::uint8_t> payload);

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
  [[nodiscard]] bool send_ping();
  /// Sends a close frame; the connection is dropped when the peer has answered it, or after a
  /// while.
  [[nodiscard]] bool send_close();
  /// Tells the owner the end; the last thing it hears. The owner may have gone afterwards.
  void finish(CloseInfo info);
  /// Ends the connection, whatever state it is in, if it has not ended by itself within kFarewell.
  void linger();

  Network::Impl& network_;
  Link& link_;
  Websocket::Impl* owner_;
  Side side_;

  std::vector<std::uint8_t> message_;  ///< the pieces so far of a message that came in pieces

  bool write_asked_ = false;  ///< either way: on_writable() will be called
  bool closing_ = false;      ///< close() was called, or the peer did wrong
  bool close_sent_ =
      false;          ///< our close frame is out: nothing more is sent, what comes is dropped
  CloseInfo ending_;  ///< what on_close will say when the connection has gone
  CloseStatus close_status_ = CloseStatus::normal;
  std::string close_reason_;

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
