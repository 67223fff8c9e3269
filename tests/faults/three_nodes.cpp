#include <algorithm>
#include <iterator>

#include "tests/faults/node_faults.h"
#include "tests/faults/node_judge.h"
#include "tests/faults/process_faults.h"
#include "tests/faults/site.h"
#include "tests/integration/cluster.h"

namespace sfteams::faults {
namespace {

using integration::Cluster;
using integration::Installation;

Cluster::Options options_for(const SoakOptions& wanted) {
  if (!bus::test::NatsServer::installed())
    throw MachineLacks("a cluster needs nats-server, which is not installed");
  Cluster::Options options;
  options.nats_servers = 3;
  options.node_settings = connector_settings();
  options.installation = installation_options(wanted);
  options.relays = true;
  return options;
}

class ThreeNodes final : public Site {
 public:
  explicit ThreeNodes(const SoakOptions& options)
      : only_the_pbx_(options.faults == "pbx"), cluster_(options_for(options)) {}

  Installation& installation() override { return cluster_.pbx(); }
  void start() override { cluster_.start_agent(); }

  std::vector<Fault> faults(Gauges& gauges, Dice& dice) override {
    Installation& pbx = cluster_.pbx();
    const auto agent =
        gauges.watch_agent({[&pbx]() -> integration::ChildProcess& { return pbx.agent(); },
                            [&pbx] { return pbx.watched(Installation::Side::pbx, "/metrics"); }});
    std::vector<Gauges::Number> nodes;
    for (std::size_t node = 0; node < Cluster::kNodes; ++node) {
      nodes.push_back(gauges.watch_connector(
          "node " + Cluster::id(node),
          {[this, node]() -> integration::ChildProcess& { return cluster_.node(node); },
           [this, node] { return cluster_.metrics(node); }}));
    }
    if (only_the_pbx_) return {};
    std::vector<Fault> all = node_faults(cluster_, gauges, nodes, dice);
    std::ranges::move(agent_faults(pbx, gauges, agent, dice), std::back_inserter(all));
    return all;
  }

  /// Right after a fault a node may still be getting in step.
  std::vector<std::string> broken_promises() override {
    std::vector<std::string> broken;
    static_cast<void>(integration::eventually([&] {
      std::vector<NodeSays> all;
      for (std::size_t node = 0; node < Cluster::kNodes; ++node)
        all.push_back({Cluster::id(node), cluster_.status(node), cluster_.list(node)});
      broken = faults::broken_promises(all, "pbx.example.com");
      return broken.empty();
    }));
    return broken;
  }

 private:
  const bool only_the_pbx_;
  Cluster cluster_;
};

}  // namespace

std::unique_ptr<Site> three_nodes(const SoakOptions& options) {
  return std::make_unique<ThreeNodes>(options);
}

}  // namespace sfteams::faults
