#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/crypto/secret.h"
#include "base/error/error.h"
#include "transport/network.h"
#include "transport/proxy.h"

namespace sfteams::transport {

/// How a request with a body is put, for a peer that is to be shown all of them.
enum class Framing {
  length,    ///< HTTP/1.1 with Content-Length
  chunked,   ///< HTTP/1.1 in chunks
  http_1_0,  ///< HTTP/1.0 with Content-Length and "Connection: keep-alive"
};

/// A further header of a call. The name is a token of RFC 9110, the value printable ASCII; one
/// without a value is left out.
struct HttpHeader {
  std::string name;
  std::string value;
};

/// The same with a value that is a secret.
struct SecretHeader {
  std::string name;
  crypto::Secret value{};
};

struct HttpCall {
  std::string method = "POST";
  crypto::Secret url;        ///< http or https; secret because UCI puts tokens into the query
  std::string content_type;  ///< empty: the header is left out
  std::string body;
  crypto::Secret secret_body{};  ///< instead of `body`, for what holds a password
  /// The header of that name, printable ASCII; empty: it is left out.
  crypto::Secret authorization{};
  std::vector<HttpHeader> headers{};
  SecretHeader secret_header{};  ///< for a peer that wants its token in a header of its own
  std::optional<std::filesystem::path> ca_file;  ///< PEM, instead of the system's authorities
  Duration connect_timeout{5'000};
  /// From send() to the end of the reply, waiting for its turn included; but not the time in which
  /// a large reply waits for others to be worked on.
  Duration timeout{30'000};
  std::size_t max_body = 8'388'608;  ///< of the reply; more ends the call
  std::optional<Proxy> proxy{};      ///< by CONNECT, for http, too
  /// Who is behind it: when calls have to wait, senders take turns.
  std::string sender{};
  /// Fills HttpReply::redirect. Only for calls without a secret in their query, which a server may
  /// repeat there.
  bool read_redirect = false;
  Framing framing = Framing::length;
};

struct HttpReply {
  int status = 0;
  std::string content_type;
  std::string body;
  /// Where a 3xx leads, as an absolute URL, if it says so and HttpCall::read_redirect asks for it.
  std::string redirect{};
  std::string peer{};  ///< numeric address that answered; of the proxy, where there is one
  /// The body's part of the client's budget for large answers: kept for as long as there is work on
  /// it. Nothing with a small one.
  std::shared_ptr<const void> held{};
};

/// What large answers do to a client just now.
struct HttpLoad {
  std::size_t bytes = 0;       ///< being received or worked on, each with its whole size
  std::size_t most_bytes = 0;  ///< the most that ever were
  std::size_t waiting = 0;     ///< answers that have begun and wait in their sockets
  std::uint64_t waited = 0;    ///< how many ever had to
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
  /// Bytes of large replies (beyond 32 KiB) that are being received or worked on at once.
  static constexpr std::size_t kLargeReplies = 16'777'216;

  /// `max_connections_per_host` bounds what runs at once towards one host; further calls wait, and
  /// senders take turns. Replies beyond 32 KiB share `large_replies` bytes: one that finds no room
  /// is left in its socket, in the order in which they came, and up to `max_connections_per_host`
  /// of those give their place to other calls. One that is larger than that passes alone. Fails
  /// with transport.loop-failed.
  [[nodiscard]] static Result<std::unique_ptr<HttpClient>> create(
      Network& network, std::size_t max_connections_per_host = 64,
      std::size_t large_replies = kLargeReplies);
  virtual ~HttpClient() = default;

  /// The callback comes exactly once, in a later turn, with the reply of whatever status, or with
  /// one of transport.bad-url, transport.resolve-failed, transport.connect-failed,
  /// transport.ca-unreadable, transport.tls-untrusted, transport.tls-failed, transport.timeout,
  /// transport.reply-too-large, transport.broken-reply; behind a proxy also with
  /// transport.proxy-authentication, transport.proxy-denied, transport.proxy-failed. Messages name
  /// scheme and authority (or the proxy), never the query. A method that is no word of capital
  /// letters, a header's name that is no token, or a header's value that is no printable ASCII, is a
  /// programmer's error (std::invalid_argument).
  [[nodiscard]] virtual std::unique_ptr<HttpPending> send(
      HttpCall call, std::function<void(Result<HttpReply>)> callback) = 0;

  [[nodiscard]] virtual HttpLoad load() const { return {}; }
};

}  // namespace sfteams::transport
