#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error/error.h"
#include "transport/network.h"
#include "transport/websocket.h"

namespace sfteams::transport {

/// A request that came in whole.
struct HttpRequest {
  std::string method;  ///< GET, POST, HEAD; DELETE with ServerOptions::takes_delete
  std::string path;    ///< without the query
  std::string query;   ///< as it came, without '?'; may hold a token, so never log it
  std::string content_type;
  std::string authorization;
  std::string host;
  std::string body{};
  std::string peer_address;
  /// Those of ServerOptions::headers that came, by lower-case name.
  std::vector<std::pair<std::string, std::string>> headers{};

  /// Empty when it did not come.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body{};
  std::vector<std::pair<std::string, std::string>> headers{};  ///< lower-case names
  /// Of a body that comes later (HttpResponder::begin()), which sets it.
  std::optional<std::size_t> body_length{};
  /// In chunks instead of with a length, to who speaks HTTP/1.1; `trailers` come behind it then.
  bool chunked = false;
  std::vector<std::pair<std::string, std::string>> trailers{};
  /// Instead of `body`: bytes that many answers share. None is copied, and this one is let go when
  /// the peer has taken them or has gone. Not of a refused upgrade.
  std::shared_ptr<const std::string> shared_body{};
};

/// The body of an answer that HttpResponder::begin() has begun: of the length promised there,
/// written bit by bit. Destroyed before all of it was written, it closes the connection behind what
/// was, and the peer sees a broken answer.
class HttpBody {
 public:
  struct State;  ///< for this room only
  HttpBody(std::shared_ptr<State> state, std::size_t length);
  HttpBody(HttpBody&&) noexcept;
  HttpBody& operator=(HttpBody&&) noexcept;
  ~HttpBody();

  /// What goes beyond the promised length is cut off. Does nothing after the peer has gone.
  void write(std::string_view bytes);
  [[nodiscard]] std::size_t missing() const { return missing_; }  ///< bytes not written yet

 private:
  std::shared_ptr<State> state_;
  std::size_t missing_;
};

/// The right to answer one request, now or later. Dropped without an answer, the connection is
/// closed. Answering after the peer has gone does nothing.
class HttpResponder {
 public:
  struct State;  ///< for this room only
  explicit HttpResponder(std::shared_ptr<State> state);
  HttpResponder(HttpResponder&&) noexcept;
  HttpResponder& operator=(HttpResponder&&) noexcept;
  ~HttpResponder();

  void respond(HttpResponse response);
  /// Answers with all of `head` but its body (never in chunks): `length` bytes of it are to come.
  [[nodiscard]] HttpBody begin(HttpResponse head, std::size_t length);

 private:
  std::shared_ptr<State> state_;
};

using HttpHandler = std::function<void(HttpRequest, HttpResponder)>;
/// A request that was refused before any handler saw it: `request` has its method and path, unless
/// its head could not be read; `status` is what it was answered with, 408 for a body that came too
/// slowly.
using RefusedHandler = std::function<void(const HttpRequest& request, int status)>;

/// A request that asks for a websocket and is well-formed.
struct UpgradeRequest {
  const std::string& peer_address;
  /// By lower-case name.
  const std::vector<std::pair<std::string, std::string>>& headers;

  /// Empty when it did not come.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

struct WebsocketRoute {
  std::string path;         ///< "/v1/agent"
  std::string subprotocol;  ///< required in the request; another or none is refused with 400
  /// Takes a websocket that has just been accepted; attach() a handler before returning, or drop it
  /// to close.
  std::function<void(std::unique_ptr<Websocket>)> accept;
  /// Is asked before the websocket is opened; what it returns is answered instead. None: whoever
  /// comes is let in.
  std::function<std::optional<HttpResponse>(const UpgradeRequest&)> refuse{};
};

struct ServerTls {
  std::filesystem::path certificate_file;  ///< PEM chain
  std::filesystem::path key_file;          ///< PEM
  friend bool operator==(const ServerTls&, const ServerTls&) = default;
};

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;        ///< 0: any free one, see Server::port()
  std::optional<ServerTls> tls;  ///< TLS 1.2 at least
  std::vector<WebsocketRoute> websockets;
  HttpHandler http;  ///< every other path; none: 404
  /// Whether to take a connection of this peer (numeric, IPv4 ones of an IPv6 socket as IPv4); none:
  /// everybody's. Asked before a byte of it is read; no: it is closed without an answer.
  std::function<bool(const std::string& peer)> admit{};
  RefusedHandler refused{};  ///< hears of what `http` never gets to see
  /// A peer with which TLS did not come about, and OpenSSL's reason: it may not trust the
  /// certificate, or not speak TLS.
  std::function<void(const std::string& peer, const std::string& why)> no_tls{};
  std::vector<std::string> headers{};  ///< lower-case names that `http` wants to see
  std::size_t max_body = 1'048'576;    ///< bytes of a request body; more is 413
  /// Takes bodies that come in chunks, within max_body. Not behind a reverse proxy: two programs
  /// that disagree on where a body ends can be made to disagree on whose request comes next.
  bool chunked_bodies = false;
  bool takes_delete = false;  ///< `http` sees DELETE, too, without a body
  /// For TLS, headers and body together: slow senders are cut off.
  Duration request_timeout{10'000};
  Duration idle_timeout{60'000};         ///< of a kept-open HTTP connection
  std::size_t max_connections = 20'000;  ///< further ones are closed at accept
};

/// When every certificate of a chain is good.
struct Validity {
  std::chrono::system_clock::time_point from;
  std::chrono::system_clock::time_point until;
};

/// Whether a server could show this certificate, tried in a context of its own: libwebsockets would
/// only log the reason. Says when its chain is good. Fails with transport.certificate-unreadable,
/// transport.certificate-mismatch or, when OpenSSL cannot be set up, transport.tls-failed.
[[nodiscard]] Result<std::optional<Validity>> check_certificate(const ServerTls& files);

/// Why peers may not be able to verify this certificate although it is good: its file lacks the
/// authorities between it and a root (transport.chain-incomplete), or has them in another order
/// (transport.chain-order). nullopt: nothing to warn of, or check_certificate() fails.
[[nodiscard]] std::optional<Error> chain_warning(const ServerTls& files);

/// A listening socket for HTTP/1.1 and websockets, hardened (docs/transport.md lists what against).
/// Destroying it closes the socket and every HTTP connection; accepted websockets belong to whoever
/// took them.
class Server {
 public:
  /// Fails with transport.listen-failed (address in use, no permission) or as check_certificate().
  [[nodiscard]] static Result<std::unique_ptr<Server>> listen(Network& network,
                                                              ServerOptions options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  /// Reads the certificate and its key again; connections that are there keep the old ones. Does
  /// nothing without TLS. Fails like listen(), and then goes on with what it has.
  [[nodiscard]] Result<void> reload_certificate();

  /// Connections that were closed unread, because they had waited so long for their turn that they
  /// would have given up before its end (transport.accept-late).
  [[nodiscard]] std::uint64_t late_connections() const;

  /// When the chain in use is good; nullopt without TLS.
  [[nodiscard]] std::optional<Validity> certificate_validity() const;

  struct Impl;  ///< for this room only
  explicit Server(std::unique_ptr<Impl> impl);

 private:
  std::unique_ptr<Impl> impl_;
};

/// Whether a Server could listen there just now. Fails with transport.listen-failed.
[[nodiscard]] Result<void> check_listen(const std::string& address, std::uint16_t port);

}  // namespace sfteams::transport
