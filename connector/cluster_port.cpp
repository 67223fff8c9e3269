#include "connector/cluster_port.h"

#include <chrono>
#include <utility>

#include "base/clock/unix_time.h"
#include "base/crypto/random.h"
#include "connector/node_lines.h"
#include "connector/wire.h"
#include "transport/url.h"
#include "tunnel/limits.h"

namespace sfteams::connector {
namespace {

/// Nothing here takes one; this much is read to answer politely.
constexpr std::size_t kMaxBody = 1024;
/// Each other node has one, and those that are on their way.
constexpr std::size_t kMostConnections = 2'048;

UnixMs unix_ms() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<UnixMs>(std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
}

}  // namespace

ClusterPort::~ClusterPort() = default;

Result<std::unique_ptr<ClusterPort>> ClusterPort::open(transport::Network& network,
                                                       const ClusterSettings& settings,
                                                       Registry& registry) {
  Result<ClusterKeys> keys = ClusterKeys::read(settings.key_file);
  if (!keys) return fail(keys.error());
  std::unique_ptr<ClusterPort> port(new ClusterPort(network, settings, std::move(*keys)));
  port->self_ = {settings.node, {}, settings.peer_url};
  if (const Result<void> random = crypto::fill_random(port->self_.boot); !random)
    return fail(random.error());
  Result<std::unique_ptr<LogReplica>> replica = LogReplica::open(registry);
  if (!replica) return fail(replica.error());
  port->replica_ = std::move(*replica);
  Result<std::unique_ptr<bus::NatsBus>> bus =
      bus::NatsBus::start(network.loop(), settings.nats_options());
  if (!bus) return fail(bus.error());
  port->bus_ = std::move(*bus);
  return port;
}

Result<void> ClusterPort::join(Exchange& exchange, const std::string& version) {
  user_agent_ = "starface-teams-connector/" + version;
  exchange.join_cluster(
      ClusterNode::Parts{*bus_, *replica_, keys_, self_, settings_.name, version, &unix_ms},
      [this](const std::string& url, transport::WebsocketHandler& handler) {
        return dial(url, handler);
      });
  return listen(exchange);
}

Result<void> ClusterPort::listen(Exchange& exchange) {
  transport::ServerOptions options;
  options.address = settings_.peer_listen.address;
  options.port = settings_.peer_listen.port;
  options.tls = settings_.peer_tls;
  options.max_body = kMaxBody;
  options.max_connections = kMostConnections;
  options.websockets = {{tunnel::kNodePath, tunnel::kNodeSubprotocol,
                         [&exchange](std::unique_ptr<transport::Websocket> websocket) {
                           transport::Websocket& accepted = *websocket;
                           const Address peer =
                               Address::parse(accepted.peer_address()).value_or(Address());
                           accepted.attach(exchange.add_node(
                               std::make_unique<WebsocketWire>(std::move(websocket)), peer));
                         }}};
  Result<std::unique_ptr<transport::Server>> server =
      transport::Server::listen(network_, std::move(options));
  if (!server) return fail(server.error());
  server_ = std::move(*server);
  return {};
}

Result<std::unique_ptr<Wire>> ClusterPort::dial(const std::string& url,
                                                transport::WebsocketHandler& handler) {
  Result<transport::Url> parsed = transport::parse_url(url);
  if (!parsed) return fail(parsed.error());
  parsed->path = tunnel::kNodePath;
  transport::DialOptions options;
  options.url = std::move(*parsed);
  options.subprotocol = tunnel::kNodeSubprotocol;
  options.ca_file = settings_.ca_file;
  options.timeout = NodeLines::kDialDeadline;
  options.user_agent = user_agent_;
  Result<std::unique_ptr<transport::Websocket>> websocket =
      transport::dial(network_, options, handler);
  if (!websocket) return fail(websocket.error());
  return std::make_unique<WebsocketWire>(std::move(*websocket));
}

Result<void> ClusterPort::reload_certificate() {
  return server_ ? server_->reload_certificate() : Result<void>();
}

}  // namespace sfteams::connector
