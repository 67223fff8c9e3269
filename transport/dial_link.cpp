#include "transport/dial_link.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <curl/curl.h>
#include <fmt/format.h>

#include "base/log/log.h"
#include "transport/answer_headers.h"
#include "transport/codes.h"
#include "transport/peer_failures.h"
#include "transport/placeholder.h"
#include "transport/socket_options.h"
#include "transport/tls.h"
#include "transport/websocket_impl.h"

namespace sfteams::transport {
namespace {

/// A date as HTTP writes it; nothing when it is none.
std::optional<std::chrono::system_clock::time_point> http_date(const std::string& date) {
  const std::time_t time = date.empty() ? -1 : ::curl_getdate(date.c_str(), nullptr);
  if (time < 0) return std::nullopt;
  return std::chrono::system_clock::from_time_t(time);
}

/// What to do when something answers with this status instead of opening a websocket.
const char* hint_for(unsigned status) {
  if (status >= 300 && status < 400) return "redirects are not followed: dial the right URL";
  if (status == 426)
    return "a proxy in front of the server does not pass the headers Upgrade and Connection on";
  if (status >= 502 && status <= 504)
    return "a proxy answers, but not the server behind it: check that it runs, and where";
  return "check the URL, and the proxy in front of the server if there is one";
}

}  // namespace

DialLink::~DialLink() {
  if (fd_ < 0) return;
  network_.expected_peers.erase(fd_);
  network_.handshake_failures.erase(fd_);
}

int DialLink::on_event(lws_callback_reasons reason, void* in, std::size_t length) {
  if (channel_ != nullptr) return on_websocket_event(reason, in, length);
  return on_attempt_event(reason, in, length);
}

int DialLink::on_websocket_event(lws_callback_reasons reason, const void* in, std::size_t length) {
  const std::span<const std::uint8_t> bytes{static_cast<const std::uint8_t*>(in),
                                            in == nullptr ? 0 : length};
  const auto closed_unless = [](bool goes_on) { return goes_on ? 0 : -1; };
  switch (reason) {
    case LWS_CALLBACK_CLIENT_RECEIVE: {
      const MessagePiece piece{lws_frame_is_binary(wsi()) != 0, lws_is_final_fragment(wsi()) != 0,
                               lws_remaining_packet_payload(wsi())};
      return closed_unless(channel_->on_piece(bytes, piece));
    }
    case LWS_CALLBACK_CLIENT_WRITEABLE:
      return closed_unless(channel_->on_writable());
    case LWS_CALLBACK_CLIENT_RECEIVE_PONG:
      channel_->on_pong(bytes);
      return 0;
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
      return closed_unless(channel_->on_peer_close(bytes));
    case LWS_CALLBACK_CLIENT_CLOSED:
    case LWS_CALLBACK_WSI_DESTROY:
      channel_->on_gone();
      return 0;
    default:
      return 0;
  }
}

// As "HTTP" it sends what it gets as it is.
bool DialLink::write(std::span<std::uint8_t> frame) {
  return lws_write(wsi(), frame.data(), frame.size(), LWS_WRITE_HTTP) >= 0;
}

bool DialLink::has_unsent() const {
  return lws_partial_buffered(wsi()) != 0;
}

bool DialLink::is_choked() const {
  return lws_send_pipe_choked(wsi()) != 0;
}

void DialLink::call_when_writable() {
  lws_callback_on_writable(wsi());
}

int DialLink::on_attempt_event(lws_callback_reasons reason, void* in, std::size_t length) {
  if (reason == LWS_CALLBACK_WSI_DESTROY) {
    on_gone();
    return 0;
  }
  if (dial_ == nullptr) return reason == LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER ? -1 : 0;
  switch (reason) {
    case LWS_CALLBACK_WSI_CREATE:
      return on_connected();
    case LWS_CALLBACK_OPENSSL_PERFORM_SERVER_CERT_VERIFICATION:
      return on_certificate(static_cast<X509_STORE_CTX*>(in), length != 0);
    case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
      return on_request(static_cast<unsigned char**>(in), length);
    case LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP:
      return on_answer();
    case LWS_CALLBACK_CLIENT_FILTER_PRE_ESTABLISH:
      return on_accepted_upgrade();
    case LWS_CALLBACK_CLIENT_ESTABLISHED:
      return on_established();
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
      return on_error(static_cast<const char*>(in), length);
    default:
      return 0;
  }
}

int DialLink::on_connected() {
  fd_ = lws_get_socket_fd(wsi());
  // Nothing looks at the socket yet: libuv hands it to the kernel in its next turn.
  if (files::Descriptor proxied = dial_->take_proxied();
      proxied && !put_in_place_of(fd_, std::move(proxied))) {
    error_ = Error{codes::kNetworkFailed, "the socket through the proxy could not be taken over",
                   "the system is probably out of descriptors"};
    network_.doom(*this);
  }
  prepare_socket(fd_);
  const DialOptions& options = dial_->options();
  network_.expected_peers[fd_] = options.url.host;
  network_.handshake_failures.erase(fd_);
  dial_->on_connected(options.url.secure() ? "agreeing on TLS" : "asking for the websocket");
  return 0;
}

int DialLink::on_certificate(const X509_STORE_CTX* verification, bool accepted) {
  if (!accepted && !error_) error_ = untrusted(verification, dial_->options().url.host);
  return 0;  // OpenSSL's verdict stands
}

bool DialLink::trusted() const {
  const DialOptions& options = dial_->options();
  return !options.url.secure() || peer_is_verified(lws_get_ssl(wsi()), options.url.host);
}

Error DialLink::untrusted_after_all() const {
  return Error{codes::kTlsUntrusted,
               "the certificate of " + dial_->options().url.host + " could not be verified",
               "this should have been found earlier; please report it"};
}

// The last moment before anything of ours is said.
int DialLink::on_request(unsigned char** position, std::size_t room) {
  const DialOptions& options = dial_->options();
  if (!trusted()) return refuse(untrusted_after_all());
  if (options.observer != nullptr && options.url.secure())
    options.observer->on_secured(tls_facts(lws_get_ssl(wsi())));
  request_sent_ = true;
  dial_->on_step("asking for the websocket");
  if (options.user_agent.empty()) return 0;
  const std::string line = "User-Agent: " + options.user_agent + "\r\n";
  if (line.size() < room) *position = std::copy(line.begin(), line.end(), *position);
  return 0;
}

int DialLink::on_answer() {
  const unsigned status = lws_http_client_http_response(wsi());
  if (status == 101) return 0;
  const Url& url = dial_->options().url;
  return refuse(Error{codes::kUpgradeRefused,
                      fmt::format("{} answered with HTTP status {} instead of opening a websocket",
                                  url.to_string(), status),
                      hint_for(status)});
}

int DialLink::on_accepted_upgrade() {
  const DialOptions& options = dial_->options();
  const std::string chosen = answer_header(wsi(), WSI_TOKEN_PROTOCOL);
  if (chosen == options.subprotocol) {
    if (options.observer != nullptr)
      options.observer->on_upgraded(http_date(answer_header(wsi(), WSI_TOKEN_HTTP_DATE)));
    return 0;
  }
  return refuse(
      Error{codes::kUpgradeRefused,
            fmt::format("{} opened a websocket but does not speak {}", options.url.to_string(),
                        options.subprotocol),
            "something else answers at this address, or the server's version does not fit"});
}

int DialLink::on_established() {
  if (!trusted()) return refuse(untrusted_after_all());
  network_.expected_peers.erase(fd_);
  Websocket::Impl& owner = std::exchange(dial_, nullptr)->on_upgraded();
  channel_ = std::make_unique<WebsocketChannel>(network_, *this, *this, owner,
                                                WebsocketChannel::Side::dialled);
  owner.dial.reset();
  if (owner.keepalive) channel_->start_keepalive(*owner.keepalive);
  owner.handler->on_open();
  if (!channel_->owned()) return -1;
  channel_->wake();
  return 0;
}

int DialLink::on_error(const char* text, std::size_t length) {
  if (text != nullptr) log::debug("transport", "dial: {}", std::string_view(text, length));
  if (error_) return 0;
  const Url& url = dial_->options().url;
  if (request_sent_) {
    error_ =
        Error{codes::kUpgradeRefused,
              fmt::format("{} did not answer like a websocket server", url.to_string()),
              std::string(hint_for(0)) +
                  (url.secure() ? "" : "; if the server speaks TLS, the URL begins with wss://")};
  } else if (fd_ >= 0 && url.secure()) {
    const auto known = network_.handshake_failures.find(fd_);
    const std::string reason = known != network_.handshake_failures.end()
                                   ? known->second
                                   : "the connection was closed during the handshake";
    error_ = tls_handshake_failed(fmt::format("{}, port {}", url.host, url.port), reason, url);
  }
  return 0;
}

void DialLink::on_gone() {
  if (fd_ < 0) network_.close_forgotten_watchers(wsi());
  if (dial_ == nullptr) return;
  on_error(nullptr, 0);
  std::exchange(dial_, nullptr)->on_attempt_failed(std::move(error_));
}

int DialLink::refuse(Error error) {
  if (!error_) error_ = std::move(error);
  return -1;
}

void on_dialled_tls_state(const SSL* ssl, int where, int result) {
  auto* network = static_cast<Network::Impl*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  // Here alone is OpenSSL's queue this handshake's: libwebsockets empties it before it reports the
  // failure, and what is in it then is another connection's.
  if (where == SSL_CB_CONNECT_EXIT && result <= 0) {
    if (std::string reason = newest_tls_error(); !reason.empty())
      network->handshake_failures[SSL_get_fd(ssl)] = std::move(reason);
    return;
  }
  if ((where & SSL_CB_HANDSHAKE_START) == 0 || SSL_in_before(ssl) == 0) return;
  const auto expected = network->expected_peers.find(SSL_get_fd(ssl));
  // "invalid." is nobody's name (RFC 6761 section 6.4): a handshake that we know nothing of fails.
  expect_peer(const_cast<SSL*>(ssl),
              expected != network->expected_peers.end() ? expected->second : "invalid.");
}

}  // namespace sfteams::transport
