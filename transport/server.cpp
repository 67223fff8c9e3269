#include "transport/server.h"

#include <algorithm>
#include <utility>

#include <sys/socket.h>
#include <unistd.h>

#include "log/log.h"
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
    : network_(network), options_(std::move(options)), vhost_(network.plain) {}

// Nothing is bound to the vhost any more, except when libwebsockets has lost count; then it keeps
// it to its own end.
ServerState::~ServerState() {
  if (vhost_ == network_.plain || vhost_ == nullptr || !network_.turn_end) return;
  network_.turn_end->add([vhost = vhost_] { lws_vhost_destroy(vhost); });
}

Result<void> ServerState::listen() {
  for (const WebsocketRoute& route : options_.websockets) {
    if (network_.subprotocols.add(route.subprotocol)) continue;
    return fail(codes::kListenFailed,
                "the subprotocol \"" + route.subprotocol + "\" cannot be offered",
                "it needs a name of 1 to 63 characters, and a process can have 16 of them");
  }
  if (auto made = make_vhost(); !made) return made;
  auto listener = Listener::open(network_.loop, options_.address, options_.port,
                                 [this](int fd, std::string peer) { accept(fd, std::move(peer)); });
  if (!listener) return fail(listener.error());
  listener_ = std::move(*listener);
  port_ = listener_->port();
  schedule_sweep();
  return {};
}

Result<void> ServerState::make_vhost() {
  if (!options_.tls) return {};
  if (auto good = check_certificate(*options_.tls); !good) return fail(good.error());
  lws_context_creation_info info{};
  info.port = CONTEXT_PORT_NO_LISTEN_SERVER;
  info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT | LWS_SERVER_OPTION_CREATE_VHOST_SSL_CTX;
  tls_ = std::make_unique<VhostTls>(VhostTls{*options_.tls});
  info.user = tls_.get();
  vhost_ = network_.make_vhost(info, "listen");
  if (vhost_ != nullptr) return {};
  return fail(codes::kListenFailed, "libwebsockets could not be set up for listening with TLS",
              "the certificate files may just have changed: try again");
}

Result<void> ServerState::reload_certificate() {
  if (tls_ == nullptr) return {};
  // All or nothing: what does not work there is not begun here.
  if (auto good = check_certificate(tls_->files); !good) return fail(good.error());
  return set_up_server(tls_->context, tls_->files);
}

void ServerState::accept(int fd, std::string peer) {
  if (connections_ >= options_.max_connections) {
    if (!std::exchange(told_full_, true)) {
      log::warn("transport", "port {} has {} connections and takes no more", port_, connections_);
    }
    ::close(fd);
    return;
  }
  told_full_ = false;
  prepare_socket(fd);
  ++connections_;
  Link& link =
      network_.adopt(std::make_unique<ServerLink>(network_, shared_from_this(), std::move(peer)));
  lws_adopt_desc_t info{};
  info.vh = vhost_;
  info.type =
      static_cast<lws_adoption_type>(LWS_ADOPT_SOCKET | LWS_ADOPT_HTTP | LWS_ADOPT_ALLOW_SSL);
  info.fd.sockfd = fd;
  info.opaque = &link;
  network_.newborn = &link;
  const lws* adopted = lws_adopt_descriptor_vhost_via_info(&info);
  network_.newborn = nullptr;
  // A failure is reported to the link as its end, but only if it had got as far as having a
  // connection.
  if (adopted == nullptr && link.wsi() == nullptr) network_.drop(&link);
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
    if (link->deadline() <= now) network_.doom(*link);
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
