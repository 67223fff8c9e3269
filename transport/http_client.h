#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crypto/secret.h"
#include "error/error.h"
#include "transport/network.h"
#include "transport/proxy.h"

namespace sfteams::transport {

/// How a request with a body is put, for a peer that is to be shown all of them.
enum class Framing {
  length,    ///< HTTP/1.1 with Content-Length
  chunked,   ///< HTTP/1.1 in chunks
  http_1_0,  ///< HTTP/1.0 with Content-Length and "Connection: keep-alive"
};

struct HttpCall {
  std::string method = "POST";
  crypto::Secret url;        ///< http or https; secret because UCI puts tokens into the query
  std::string content_type;  ///< empty: the header is left out
  std::string body;
  std::optional<std::filesystem::path> ca_file;  ///< PEM, instead of the system's authorities
  Duration connect_timeout{5'000};
  Duration timeout{30'000};  ///< from send() to the end of the reply, waiting for its turn included
  std::size_t max_body = 8'388'608;  ///< of the reply; more ends the call
  std::optional<Proxy> proxy{};      ///< by CONNECT, for http, too
  Framing framing = Framing::length;
};

struct HttpReply {
  int status = 0;
  std::string content_type;
  std::string body;
};

/// Cancels the call when destroyed; its callback is then not called.
class HttpPending {
 public:
  virtual ~HttpPending() = default;
};

/// libcurl's multi interface on the Loop, with kept-open connections. Redirects are not followed (a
/// 3xx is a reply), only http and https are spoken, the environment's proxy is ignored,
/// certificates are always verified. A request is sent once: libcurl's habit of sending it again
/// when a kept-open connection closes is off, because the first may have been carried out.
class HttpClient {
 public:
  /// `max_connections_per_host` bounds what runs at once towards one host; further calls wait.
  [[nodiscard]] static Result<std::unique_ptr<HttpClient>> create(
      Network& network, std::size_t max_connections_per_host = 64);
  virtual ~HttpClient() = default;

  /// The callback comes exactly once, in a later turn, with the reply of whatever status, or with
  /// one of transport.bad-url, transport.resolve-failed, transport.connect-failed,
  /// transport.ca-unreadable, transport.tls-untrusted, transport.tls-failed, transport.timeout,
  /// transport.reply-too-large, transport.broken-reply; behind a proxy also with
  /// transport.proxy-authentication, transport.proxy-denied, transport.proxy-failed. Messages name
  /// scheme and authority (or the proxy), never the query. A method that is no word of capital
  /// letters, or a content type that is no printable ASCII, is a programmer's error
  /// (std::invalid_argument).
  [[nodiscard]] virtual std::unique_ptr<HttpPending> send(
      HttpCall call, std::function<void(Result<HttpReply>)> callback) = 0;
};

}  // namespace sfteams::transport
