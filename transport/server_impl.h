#pragma once

// Only for the .cpp files of this room: OpenSSL stays behind the public headers.

#include <memory>
#include <string>
#include <unordered_set>

#include "transport/listener.h"
#include "transport/network_impl.h"
#include "transport/server.h"
#include "transport/server_tls.h"
#include "transport/tls.h"

namespace sfteams::transport {

class ServerLink;

/// What a Server and its connections share. It lives as long as any of them.
class ServerState : public std::enable_shared_from_this<ServerState> {
 public:
  ServerState(Network::Impl& network, ServerOptions options);
  ~ServerState() = default;
  ServerState(const ServerState&) = delete;
  ServerState& operator=(const ServerState&) = delete;

  [[nodiscard]] Result<void> listen();
  /// The Server has gone: no further connections, and the end of those that are not websockets.
  void close();
  [[nodiscard]] Result<void> reload_certificate();
  /// nullptr without TLS.
  [[nodiscard]] SSL_CTX* tls_context() const { return tls_.get(); }

  [[nodiscard]] const ServerOptions& options() const { return options_; }
  [[nodiscard]] bool closed() const { return closed_; }
  [[nodiscard]] std::uint16_t port() const { return port_; }

  // From the ServerLinks.

  /// Speaks HTTP (no websocket yet), so it can time out and ends with the Server.
  void add_http(ServerLink& link) { http_links_.insert(&link); }
  void remove_http(ServerLink& link) { http_links_.erase(&link); }
  void on_gone() { --connections_; }
  [[nodiscard]] std::uint64_t late_connections() const { return listener_ ? listener_->late() : 0; }

 private:
  [[nodiscard]] Result<void> set_up_tls();
  void accept(int fd, std::string peer);
  void schedule_sweep();
  void sweep();

  Network::Impl& network_;
  ServerOptions options_;
  SslContext tls_;
  std::uint16_t port_ = 0;
  std::unique_ptr<Listener> listener_;
  std::unordered_set<ServerLink*> http_links_;
  std::size_t connections_ = 0;
  bool closed_ = false;
  bool told_full_ = false;
  std::unique_ptr<Timer> sweep_;
};

struct Server::Impl {
  std::shared_ptr<ServerState> state;
};

}  // namespace sfteams::transport
