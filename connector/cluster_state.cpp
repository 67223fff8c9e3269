#include "connector/cluster_state.h"

#include <algorithm>
#include <cstdlib>

#include "connector/cluster_node.h"
#include "connector/exchange.h"

namespace sfteams::connector {
namespace {

using Seconds = ClusterState::Seconds;

ClusterState::Node node_of(const Member& member, transport::TimePoint now) {
  const BeatWord& beat = member.beat;
  ClusterState::Node node;
  node.id = member.node;
  node.url = beat.url;
  node.version = beat.version;
  node.agents = beat.agents;
  node.clients = beat.clients;
  node.leaving = beat.draining;
  node.uptime = Seconds(beat.uptime);
  node.unheard = std::chrono::duration_cast<Seconds>(now - member.heard);
  node.silent = member.silent;
  node.ahead_ms = member.ahead_ms;
  node.clock_differs = !member.silent && std::abs(member.ahead_ms) > Members::kMostSkewMs;
  node.twice = member.twice;
  return node;
}

}  // namespace

std::optional<ClusterState> cluster_state(const Exchange& exchange) {
  const ClusterNode* const cluster = exchange.cluster();
  if (cluster == nullptr) return std::nullopt;
  ClusterState state;
  state.name = cluster->name();
  state.node = cluster->self().id;
  state.own_id_twice = cluster->members().own_id_twice();
  state.key = cluster->keys().key_fingerprint();
  state.also_key = cluster->keys().also_key_fingerprint();
  state.log_secret = cluster->keys().log_fingerprint();
  const BusWatch& bus = cluster->bus();
  state.bus = {bus.up(), std::chrono::duration_cast<Seconds>(bus.lasted()), bus.counts()};
  state.log = cluster->log().state();
  for (const Member& member : cluster->members().list())
    state.nodes.push_back(node_of(member, cluster->now()));
  const NodeLinkCounts links = exchange.node_links();
  state.peer_links = {cluster->lines().proven(), cluster->lines().streams(), links.proven,
                      links.streams};
  state.dropped = cluster->dropped();
  state.directory = cluster->directory().tally();
  return state;
}

std::string phase_word(RegistryLogState::Phase phase) {
  std::string word = to_string(phase);
  std::ranges::replace(word, ' ', '-');
  return word;
}

}  // namespace sfteams::connector
