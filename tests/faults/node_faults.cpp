#include "tests/faults/node_faults.h"

#include <csignal>
#include <utility>

#include "tests/faults/process_faults.h"

namespace sfteams::faults {
namespace {

using integration::Cluster;
using transport::Duration;

class NodeFaults {
 public:
  NodeFaults(Cluster& cluster, Gauges& gauges, std::vector<Gauges::Number> nodes, Dice& dice)
      : cluster_(cluster), gauges_(gauges), nodes_(std::move(nodes)), dice_(dice) {}

  Effect kill() {
    const std::size_t node = any_node();
    cluster_.node(node).signal(SIGKILL);
    static_cast<void>(cluster_.node(node).wait());
    return on(node,
              {Duration(dice_.between(0, 3'000)), [this, node] { cluster_.start_node(node); }});
  }

  Effect restart() {
    const std::size_t node = any_node();
    cluster_.node(node).signal(SIGTERM);
    // The loop goes on turning: the clients have to hear it.
    return on(node, {Duration(3'000), [this, node] {
                       static_cast<void>(cluster_.node(node).wait());
                       cluster_.start_node(node);
                     }});
  }

  Effect stand_still() {
    const std::size_t node = any_node();
    return on(node, freeze(cluster_.node(node), gauges_, nodes_.at(node), dice_));
  }

  /// Everybody who comes from now on goes to other nodes, and some have to come at once.
  Effect lead_elsewhere() {
    std::vector<std::size_t> order{0, 1, 2};
    dice_.shuffle(order);
    cluster_.for_clients().prefer(order);
    dice_.shuffle(order);
    cluster_.for_agents().prefer(order);
    const std::size_t node = any_node();
    cluster_.for_clients().cut(node);
    if (dice_.between(0, 1) == 1) cluster_.for_agents().cut(node);
    return on(node, {Duration(dice_.between(0, 1'000))});
  }

  Effect cut_between_nodes() {
    for (std::size_t node = 0; node < Cluster::kNodes; ++node)
      cluster_.relay(node).cut();
    return {Duration(dice_.between(200, 4'000)), [this] { mend(); }};
  }

  /// The one that is dialled and those that dial have to find it out.
  Effect hold_between_nodes() {
    const std::size_t node = any_node();
    cluster_.relay(node).hold();
    return on(node, {Duration(dice_.between(200, 7'000)), [this] { mend(); }});
  }

  Effect kill_nats_server() {
    auto& server = cluster_.nats()[any_server()];
    server.kill();
    return {Duration(dice_.between(0, 4'000)), [&server] { server.start(); }};
  }

  Effect freeze_nats_server() {
    auto& server = cluster_.nats()[any_server()];
    server.freeze();
    return {Duration(dice_.between(500, 7'000)), [&server] { server.thaw(); }};
  }

  Effect kill_nats() {
    for (std::size_t server = 0; server < cluster_.nats().size(); ++server)
      cluster_.nats()[server].kill();
    return {Duration(dice_.between(500, 6'000)), [this] {
              for (std::size_t server = 0; server < cluster_.nats().size(); ++server)
                cluster_.nats()[server].start();
            }};
  }

 private:
  [[nodiscard]] std::size_t any_node() {
    return static_cast<std::size_t>(dice_.between(0, static_cast<int>(Cluster::kNodes) - 1));
  }
  [[nodiscard]] std::size_t any_server() {
    return static_cast<std::size_t>(dice_.between(0, static_cast<int>(cluster_.nats().size()) - 1));
  }
  static Effect on(std::size_t node, Effect effect) {
    effect.note = "node " + Cluster::id(node);
    return effect;
  }
  void mend() {
    for (std::size_t node = 0; node < Cluster::kNodes; ++node)
      cluster_.relay(node).mend();
  }

  Cluster& cluster_;
  Gauges& gauges_;
  const std::vector<Gauges::Number> nodes_;
  Dice& dice_;
};

}  // namespace

std::vector<Fault> node_faults(Cluster& cluster, Gauges& gauges, std::vector<Gauges::Number> nodes,
                               Dice& dice) {
  const auto all = std::make_shared<NodeFaults>(cluster, gauges, std::move(nodes), dice);
  constexpr Troubles kNode = Trouble::connector_away;
  // That NATS is away excuses nothing: what is connected stays so.
  constexpr Troubles kNothing;
  return {
      {"node killed", 3, [all] { return all->kill(); }, kNode},
      {"node restarted", 2, [all] { return all->restart(); }, kNode},
      {"node frozen", 3, [all] { return all->stand_still(); }, kNode},
      {"led to other nodes", 3, [all] { return all->lead_elsewhere(); }, kNode},
      {"no line between nodes", 2, [all] { return all->cut_between_nodes(); }, kNode},
      {"a line between nodes stands still", 2, [all] { return all->hold_between_nodes(); }, kNode},
      {"nats-server killed", 2, [all] { return all->kill_nats_server(); }, kNothing},
      {"nats-server frozen", 2, [all] { return all->freeze_nats_server(); }, kNothing},
      {"all of NATS killed", 1, [all] { return all->kill_nats(); }, kNothing},
  };
}

}  // namespace sfteams::faults
