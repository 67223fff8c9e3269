#include "transport/server.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error/counted.h"
#include "base/log/log.h"
#include "transport/codes.h"
#include "transport/server_impl.h"
#include "transport/server_link.h"
#include "transport/server_tls.h"
#include "transport/socket_options.h"

namespace sfteams::transport {
namespace {

constexpr Duration kShortestSweep{10};
constexpr Duration kLongestSweep{1'000};

}  // namespace

ServerState::ServerState(Network::Impl& network, ServerOptions options)
    : network_(network), options_(std::move(options)) {}

Result<void> ServerState::listen() {
  if (auto made = set_up_tls(); !made) return made;
  auto listener = Listener::open(network_.loop, options_.address, options_.port,
                                 [this](int fd, std::string peer) { accept(fd, std::move(peer)); });
  if (!listener) return fail(listener.error());
  listener_ = std::move(*listener);
  port_ = listener_->port();
  schedule_sweep();
  return {};
}

Result<void> ServerState::set_up_tls() {
  if (!options_.tls) return {};
  SslContext context(SSL_CTX_new(TLS_server_method()));
  if (context == nullptr)
    return fail(codes::kTlsFailed, "TLS could not be set up: " + take_tls_error());
  if (auto done = set_up_server(context.get(), *options_.tls); !done) return done;
  tls_ = std::move(context);
  return {};
}

// All or nothing: what does not work is not begun with what is in use. Connections that are there
// keep the old one alive.
Result<void> ServerState::reload_certificate() {
  return set_up_tls();
}

void ServerState::accept(int fd, std::string peer) {
  if (options_.admit && !options_.admit(peer)) {
    ::close(fd);
    return;
  }
  if (connections_ >= options_.max_connections) {
    if (!std::exchange(told_full_, true)) {
      log::warn("transport",
                Error{codes::kPortFull,
                      fmt::format("port {} has {} and takes no more", port_,
                                  counted(connections_, "connection")),
                      "find out who holds so many; the connector takes more with higher [limits]"});
    }
    ::close(fd);
    return;
  }
  told_full_ = false;
  prepare_socket(fd);
  ++connections_;
  auto owned = std::make_unique<ServerLink>(network_, shared_from_this(), std::move(peer));
  if (owned->start(fd, tls_.get())) {
    network_.adopt(std::move(owned));
    return;
  }
  log::warn("transport", Error{codes::kAcceptFailed,
                               fmt::format("a connection on port {} could not be set up and is "
                                           "closed",
                                           port_),
                               "the system is probably out of memory"});
}

void ServerState::close() {
  closed_ = true;
  sweep_.reset();
  listener_.reset();
  for (ServerLink* link : http_links_)
    network_.doom(*link);
}

void ServerState::schedule_sweep() {
  const Duration shortest = std::min(options_.request_timeout, options_.idle_timeout);
  sweep_ = network_.loop.after(std::clamp(shortest / 4, kShortestSweep, kLongestSweep),
                               [this] { sweep(); });
}

void ServerState::sweep() {
  const TimePoint now = network_.loop.now();
  for (ServerLink* link : http_links_) {
    if (link->deadline() <= now) link->time_out();
  }
  schedule_sweep();
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() {
  impl_->state->close();
}

std::uint16_t Server::port() const {
  return impl_->state->port();
}

std::uint64_t Server::late_connections() const {
  return impl_->state->late_connections();
}

Result<void> Server::reload_certificate() {
  return impl_->state->reload_certificate();
}

std::optional<Validity> Server::certificate_validity() const {
  SSL_CTX* const context = impl_->state->tls_context();
  return context == nullptr ? std::nullopt : chain_validity(context);
}

Result<std::unique_ptr<Server>> Server::listen(Network& network, ServerOptions options) {
  auto impl = std::make_unique<Impl>();
  impl->state = std::make_shared<ServerState>(network.impl(), std::move(options));
  if (auto listening = impl->state->listen(); !listening) return fail(listening.error());
  return std::make_unique<Server>(std::move(impl));
}

}  // namespace sfteams::transport
