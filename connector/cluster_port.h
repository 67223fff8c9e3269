#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/error/error.h"
#include "connector/cluster/cluster_keys.h"
#include "connector/cluster/node_identity.h"
#include "connector/cluster_settings.h"
#include "connector/exchange.h"
#include "connector/registry/log_replica.h"
#include "connector/registry/registry.h"
#include "transport/bus/nats_bus.h"
#include "transport/network.h"
#include "transport/server.h"

namespace sfteams::connector {

/// A node of a cluster on its sockets: the bus, the port for the other nodes, and what dials them.
/// Without [cluster] there is none of it.
class ClusterPort {
 public:
  /// Reads the cluster's key and opens everything; does not wait for NATS, which may be away. Fails
  /// with the codes of ClusterKeys::read(), LogReplica::open(), bus::NatsBus::start() and
  /// transport::Server::listen(). All but the settings outlive it.
  [[nodiscard]] static Result<std::unique_ptr<ClusterPort>> open(transport::Network& network,
                                                                 const ClusterSettings& settings,
                                                                 Registry& registry);
  ~ClusterPort();
  ClusterPort(const ClusterPort&) = delete;
  ClusterPort& operator=(const ClusterPort&) = delete;

  /// Makes the exchange a node, and lets the others in. The exchange goes before this does.
  [[nodiscard]] Result<void> join(Exchange& exchange, const std::string& version);
  /// Takes no more links of other nodes.
  void close() { server_.reset(); }
  /// As Server::reload_certificate().
  [[nodiscard]] Result<void> reload_certificate();

  [[nodiscard]] const NodeIdentity& self() const { return self_; }
  [[nodiscard]] const ClusterKeys& keys() const { return keys_; }
  [[nodiscard]] const bus::Bus& bus() const { return *bus_; }
  /// The port for other nodes that is really open; 0: none.
  [[nodiscard]] std::uint16_t port() const { return server_ ? server_->port() : 0; }

 private:
  ClusterPort(transport::Network& network, const ClusterSettings& settings, ClusterKeys keys)
      : network_(network), settings_(settings), keys_(std::move(keys)) {}
  [[nodiscard]] Result<void> listen(Exchange& exchange);
  [[nodiscard]] Result<std::unique_ptr<Wire>> dial(const std::string& url,
                                                   transport::WebsocketHandler& handler);

  transport::Network& network_;
  const ClusterSettings settings_;
  const ClusterKeys keys_;
  NodeIdentity self_;
  std::string user_agent_;
  std::unique_ptr<LogReplica> replica_;
  std::unique_ptr<bus::NatsBus> bus_;
  std::unique_ptr<transport::Server> server_;
};

}  // namespace sfteams::connector
