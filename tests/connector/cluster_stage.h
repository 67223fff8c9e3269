#pragma once

#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "connector/registry/log_replica.h"
#include "tests/connector/cluster/log_nodes.h"
#include "tests/connector/node_peers.h"
#include "tests/connector/peers.h"
#include "tests/transport/bus/fake_bus.h"

namespace sfteams::connector::test {

class ClusterStage;

/// One node, with everything but sockets.
struct StageNode {
  StageNode(ClusterStage& stage, std::string_view id, RegistrationMode mode);
  StageNode(const StageNode&) = delete;
  StageNode& operator=(const StageNode&) = delete;
  ~StageNode();

  [[nodiscard]] Exchange& exchange() { return *house.exchange; }
  [[nodiscard]] bool knows(const std::string& name) {
    return house.registry->ownership(name).value().has_value();
  }

  ClusterStage& stage;
  NodeIdentity self;
  House house;
  bus::test::FakeBus bus;
  ClusterKeys keys = cluster_keys();
  std::unique_ptr<LogReplica> replica;
  bool reachable = true;  ///< by the links of other nodes
};

/// A cluster in one process, on a time that the test moves.
class ClusterStage {
 public:
  explicit ClusterStage(std::size_t nodes = 2, RegistrationMode mode = RegistrationMode::open);

  ~ClusterStage();
  ClusterStage(const ClusterStage&) = delete;
  ClusterStage& operator=(const ClusterStage&) = delete;

  [[nodiscard]] StageNode& node(std::size_t index);
  /// Moves time in steps of 10 ms, and everything that waits between nodes in each of them.
  void pass(int milliseconds);
  /// The process of a node is killed.
  void kill(std::size_t index) { kill(nodes_.at(index)); }

  LogStage servers;  ///< NATS

 private:
  friend struct StageNode;
  /// A websocket between two nodes.
  struct Line {
    StageNode* from = nullptr;
    StageNode* to = nullptr;
    std::unique_ptr<Peer> dialler;
    std::unique_ptr<Peer> acceptor;
    bool open = false;
  };
  [[nodiscard]] Result<std::unique_ptr<Wire>> dial(StageNode& from, const std::string& url,
                                                   transport::WebsocketHandler& handler);
  void pump();
  static void kill(std::unique_ptr<StageNode>& node);
  static bool move(Line& line);
  void forget(const StageNode& node);

  std::vector<std::unique_ptr<StageNode>> nodes_;
  std::list<Line> lines_;
};

}  // namespace sfteams::connector::test
