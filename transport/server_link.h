#pragma once

// Only for the .cpp files of this room: libuv and OpenSSL stay behind the public headers.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "transport/chunked_body.h"
#include "transport/http_exchange.h"
#include "transport/http_head.h"
#include "transport/link.h"
#include "transport/server_impl.h"
#include "transport/stream.h"
#include "transport/websocket_channel.h"
#include "transport/websocket_reader.h"
#include "transport/websocket_wire.h"

namespace sfteams::transport {

/// One accepted connection: one HTTP request after the other, or a websocket once one of them has
/// asked for it. What a client sends behind a request, before it has the answer, is kept (never
/// more than was read at once) and is the next request.
///
/// An answer is always written in a later turn than the request was read in.
class ServerLink final : public Link, private StreamUser, public WebsocketWire {
 public:
  ServerLink(Network::Impl& network, std::shared_ptr<ServerState> state, std::string peer);
  ~ServerLink() override;

  /// Takes the descriptor. False when the system has no room for the connection.
  [[nodiscard]] bool start(int fd, SSL_CTX* tls);

  /// Not a connection of libwebsockets.
  int on_event(lws_callback_reasons /*reason*/, void* /*in*/, std::size_t /*length*/) override {
    return 0;
  }

  /// When the peer has to have got further; TimePoint::max() while it is our turn.
  [[nodiscard]] TimePoint deadline() const { return deadline_; }
  /// The deadline has passed. Ends the connection without an answer.
  void time_out();

  // From the HttpResponder.
  void answer(const HttpResponse& response);
  void no_answer();
  [[nodiscard]] HttpBody begin(HttpResponse head, std::size_t length);

  // From the HttpBody.
  void add_to_body(std::string_view bytes, bool last);
  void body_given_up();

 private:
  enum class Phase { head, body, handling, answering, websocket, over };

  // StreamUser
  void on_bytes(std::span<std::uint8_t> bytes) override;
  void on_writable() override;
  void on_no_tls(const std::string& why) override;
  void on_end() override;

  // WebsocketWire
  [[nodiscard]] bool is_open() const override { return phase_ != Phase::over; }
  [[nodiscard]] bool write(std::span<std::uint8_t> frame) override { return stream_->write(frame); }
  [[nodiscard]] bool has_unsent() const override { return stream_->has_unsent(); }
  [[nodiscard]] bool is_choked() const override { return stream_->is_choked(); }
  void call_when_writable() override { stream_->call_when_writable(); }

  /// Takes the bytes of one request, or of the frames behind it; keeps what comes behind.
  void read_on(std::span<std::uint8_t> bytes);
  [[nodiscard]] std::size_t read_head(std::string_view bytes);
  [[nodiscard]] std::size_t read_body(std::string_view bytes);
  void on_head();
  void on_request(HttpHead head);
  void begin_body();
  void hand_over();
  void refuse(const HttpResponse& response);
  void send_answer(std::string wire);
  void start_answer();
  [[nodiscard]] std::string_view unwritten() const;
  void write_some();
  void on_written();
  void expect_progress(Duration within);
  /// Drops the connection at the end of this turn.
  void drop();
  /// Ends it so that what was written arrives.
  void finish();

  // server_upgrade.cpp
  void on_upgrade_asked(HttpHead head);
  void on_upgraded(HttpHead head, const WebsocketRoute& route);
  void read_frames(std::span<std::uint8_t> bytes);

  Network::Impl& network_;
  std::shared_ptr<ServerState> state_;
  std::string peer_;
  std::unique_ptr<Stream> stream_;
  Phase phase_ = Phase::head;
  TimePoint deadline_;
  HeadReader head_reader_;
  RequestHead head_;
  std::optional<ChunkedBody> chunks_;
  std::string kept_;  ///< came behind the request that is being answered
  std::shared_ptr<HttpResponder::State> responder_;
  std::string outgoing_;
  /// Goes out behind `outgoing_`.
  std::shared_ptr<const std::string> shared_;
  std::size_t written_ = 0;                ///< of both
  std::shared_ptr<HttpBody::State> body_;  ///< more of the answer is to come
  bool close_after_ = false;
  bool kept_open_ = false;  ///< a request has been answered
  FrameReader frames_;
  std::unique_ptr<WebsocketChannel> channel_;
};

/// Shared by a HttpResponder and the connection that it answers on.
struct HttpResponder::State {
  ServerLink* link = nullptr;  ///< nullptr: gone, or answered
};

/// Shared by a HttpBody and the connection that it goes out on.
struct HttpBody::State {
  ServerLink* link = nullptr;  ///< nullptr: gone, or all of it was written
};

}  // namespace sfteams::transport
