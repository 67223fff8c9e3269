#pragma once

// Only for the .cpp files of this room: libwebsockets stays behind the public headers.

#include <memory>
#include <string>

#include "transport/http_exchange.h"
#include "transport/link.h"
#include "transport/server_impl.h"
#include "transport/websocket_channel.h"

namespace sfteams::transport {

/// One accepted connection: one HTTP request after the other, or a websocket from its first request
/// on.
///
/// An answer is always written in a later turn than the request was read in. Only then can be seen
/// whether libwebsockets has read parts of a further request too; it would take those for the body
/// of that request, so such a connection ends after the answer (see docs/transport.md).
class ServerLink final : public Link {
 public:
  ServerLink(Network::Impl& network, std::shared_ptr<ServerState> state, std::string peer);
  ~ServerLink() override;

  int on_event(lws_callback_reasons reason, void* in, std::size_t length) override;

  /// When the peer has to have got further; TimePoint::max() while it is our turn.
  [[nodiscard]] TimePoint deadline() const { return deadline_; }

  // From the HttpResponder.
  void answer(const HttpResponse& response);
  void break_off(const HttpResponse& partly, std::size_t body_bytes);
  void drip(const HttpResponse& response, Duration pause);
  void no_answer();

 private:
  enum class Phase { request, body, handling, answering };

  // server_link.cpp
  int on_request(std::string_view path);
  int on_body(std::string_view piece);
  int on_body_complete();
  int hand_over();
  int refuse(const HttpResponse& response);
  void start_answer();
  int write_some();
  int on_written();
  int wait_until_writable();
  void watch(Duration after, int (ServerLink::*then)());
  [[nodiscard]] bool peer_goes_on() const;
  [[nodiscard]] bool read_too_much();
  void expect_progress(Duration within);

  // server_upgrade.cpp
  int on_upgrade_asked();
  int on_subprotocol_chosen();
  int on_upgrade_headers(lws_process_html_args& headers);
  int on_upgraded();

  Network::Impl& network_;
  std::shared_ptr<ServerState> state_;
  std::string peer_;
  Phase phase_ = Phase::request;
  TimePoint deadline_;
  RequestHead head_;
  std::shared_ptr<HttpResponder::State> responder_;
  std::string outgoing_;
  std::size_t written_ = 0;
  std::unique_ptr<Timer> watch_;  ///< while the peer, or we on purpose, are slow with an answer
  Duration drip_{0};              ///< pause after each byte; 0: none
  bool close_after_ = false;
  bool head_only_ = false;  ///< the answer goes without its body
  const WebsocketRoute* route_ = nullptr;
  std::unique_ptr<WebsocketChannel> channel_;
};

/// Shared by a HttpResponder and the connection that it answers on.
struct HttpResponder::State {
  ServerLink* link = nullptr;  ///< nullptr: gone, or answered
};

}  // namespace sfteams::transport
