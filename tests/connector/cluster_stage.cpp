#include "tests/connector/cluster_stage.h"

#include <algorithm>
#include <utility>

#include <catch2/catch.hpp>

#include "tunnel/codes.h"

namespace sfteams::connector::test {

StageNode::StageNode(ClusterStage& the_stage, std::string_view id, RegistrationMode mode)
    : stage(the_stage),
      self(node_called(id)),
      house(mode, &the_stage.servers.scheduler),
      bus(the_stage.servers.broker),
      replica(std::move(LogReplica::open(*house.registry).value())) {
  house.exchange->join_cluster(
      ClusterNode::Parts{bus, *replica, keys, self, "t", "1.0.0",
                         [this] { return static_cast<UnixMs>(house.unix_time) * 1'000; }},
      [this](const std::string& url, transport::WebsocketHandler& handler) {
        return stage.dial(*this, url, handler);
      });
}

StageNode::~StageNode() {
  stage.forget(*this);
  house.exchange.reset();
}

ClusterStage::ClusterStage(std::size_t nodes, RegistrationMode mode) {
  for (std::size_t index = 0; index < nodes; ++index) {
    nodes_.push_back(
        std::make_unique<StageNode>(*this, std::string(1, static_cast<char>('a' + index)), mode));
  }
  // Until all of them have found the log, and are in step with it.
  pass(11'000);
  for (const auto& node : nodes_) {
    INFO(to_string(node->exchange().cluster()->log().state().phase));
    CHECK(node->exchange().cluster()->log().in_step());
  }
}

// One after the other: those that are left notice.
ClusterStage::~ClusterStage() {
  for (auto& node : nodes_)
    kill(node);
}

void ClusterStage::kill(std::unique_ptr<StageNode>& node) {
  const std::unique_ptr<StageNode> killed = std::move(node);
}

StageNode& ClusterStage::node(std::size_t index) {
  return *nodes_.at(index);
}

void ClusterStage::pass(int milliseconds) {
  constexpr int kStep = 10;
  for (int passed = 0; passed < milliseconds; passed += kStep) {
    servers.scheduler.advance(transport::Duration(kStep));
    pump();
  }
}

Result<std::unique_ptr<Wire>> ClusterStage::dial(StageNode& from, const std::string& url,
                                                 transport::WebsocketHandler& handler) {
  for (const auto& node : nodes_) {
    if (!node || node->self.url != url || !node->reachable) continue;
    std::unique_ptr<Wire> wire;
    auto dialler = std::make_unique<Peer>(handler, wire);
    lines_.push_back({&from, node.get(), std::move(dialler),
                      std::make_unique<Peer>(node->exchange(), Peer::Path::node, "198.51.100.2"),
                      false});
    return wire;
  }
  return fail(tunnel::codes::kInternal, "nobody listens there");
}

bool ClusterStage::move(Line& line) {
  bool moved = false;
  for (const auto& [from, to] : {std::pair(line.dialler.get(), line.acceptor.get()),
                                 std::pair(line.acceptor.get(), line.dialler.get())}) {
    for (const Got& got : from->receive()) {
      moved = true;
      if (!to->ended()) to->send(frame(got.type, got.stream, got.payload));
    }
    // The websocket of the one end has closed, and so does the other's.
    if (from->ended() && !to->ended()) to->lose();
  }
  return moved;
}

void ClusterStage::pump() {
  for (bool moved = true; moved;) {
    moved = false;
    for (Line& line : lines_) {
      if (!std::exchange(line.open, true)) {
        line.acceptor->connect();
        line.dialler->connect();
      }
      moved = move(line) || moved;
    }
    lines_.remove_if(
        [](const Line& line) { return line.dialler->ended() && line.acceptor->ended(); });
  }
}

/// Its end of each line is gone without a word; the other end notices.
void ClusterStage::forget(const StageNode& node) {
  for (Line& line : lines_) {
    if (line.from != &node && line.to != &node) continue;
    Peer& other = line.from == &node ? *line.acceptor : *line.dialler;
    if (!other.ended() && line.open) other.lose();
  }
  lines_.remove_if([&node](const Line& line) { return line.from == &node || line.to == &node; });
}

}  // namespace sfteams::connector::test
