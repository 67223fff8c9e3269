#pragma once

// Only for the .cpp files of this room: libwebsockets stays behind the public headers.

#include <memory>
#include <optional>
#include <string>

#include <openssl/ssl.h>

#include "transport/dial.h"
#include "transport/link.h"
#include "transport/websocket_channel.h"
#include "transport/websocket_wire.h"

namespace sfteams::transport {

/// One dialled connection: first an attempt of a Dial, then an open websocket.
class DialLink final : public Link, public WebsocketWire {
 public:
  DialLink(Network::Impl& network, Dial& dial) : network_(network), dial_(&dial) {}
  ~DialLink() override;

  int on_event(lws_callback_reasons reason, void* in, std::size_t length) override;
  /// The Dial does not want this attempt any more. The connection has to be doomed too.
  void leave() { dial_ = nullptr; }

 private:
  int on_attempt_event(lws_callback_reasons reason, void* in, std::size_t length);
  int on_connected();
  int on_certificate(const X509_STORE_CTX* verification, bool accepted);
  int on_request(unsigned char** position, std::size_t room);
  int on_answer();
  int on_accepted_upgrade();
  int on_established();
  int on_error(const char* text, std::size_t length);
  void on_gone();
  [[nodiscard]] bool trusted() const;
  [[nodiscard]] Error untrusted_after_all() const;
  int refuse(Error error);
  int on_websocket_event(lws_callback_reasons reason, const void* in, std::size_t length);

  // WebsocketWire
  [[nodiscard]] bool is_open() const override { return wsi() != nullptr; }
  [[nodiscard]] bool write(std::span<std::uint8_t> frame) override;
  [[nodiscard]] bool has_unsent() const override;
  [[nodiscard]] bool is_choked() const override;
  void call_when_writable() override;

  Network::Impl& network_;
  Dial* dial_;
  int fd_ = -1;  ///< -1: no TCP connection yet
  bool request_sent_ = false;
  std::optional<Error> error_;
  std::unique_ptr<WebsocketChannel> channel_;
};

/// OpenSSL calls it for each step of the handshake of a dialled connection.
void on_dialled_tls_state(const SSL* ssl, int where, int result);

}  // namespace sfteams::transport
