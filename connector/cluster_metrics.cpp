#include "connector/cluster_metrics.h"

#include <algorithm>
#include <cstdlib>

#include "connector/cluster/codes.h"
#include "transport/bus/codes.h"

namespace sfteams::connector {
namespace {

using metrics::Exposition;
using Phase = RegistryLogState::Phase;

void write_nodes(Exposition& out, const ClusterState& state) {
  const auto silent = std::ranges::count(state.nodes, true, &ClusterState::Node::silent);
  out.gauge("cluster_nodes", "Other nodes, by state: heard, or silent for 10 s to an hour")
      .is(static_cast<std::int64_t>(state.nodes.size()) - silent, {{"state", "heard"}})
      .is(silent, {{"state", "silent"}});
  const auto twice = std::ranges::count(state.nodes, true, &ClusterState::Node::twice);
  out.gauge("cluster_node_ids_twice", "Node ids that two connectors run with, this node's included")
      .is(twice + (state.own_id_twice ? 1 : 0));
  std::int64_t difference = 0;
  for (const ClusterState::Node& node : state.nodes)
    if (!node.silent) difference = std::max<std::int64_t>(difference, std::abs(node.ahead_ms));
  out.gauge("cluster_clock_difference_seconds",
            "The largest difference between this node's clock and that of a node that is heard")
      .is(static_cast<double>(difference) / 1'000);
}

void write_bus(Exposition& out, const ClusterState& state) {
  const bus::Counts& counts = state.bus.counts;
  out.gauge("cluster_bus_up", "1 while this node is connected to NATS").is(state.bus.up);
  out.counter("cluster_bus_connections_total", "How often it was connected to NATS").is(counts.ups);
  out.counter("cluster_bus_messages_total", "Messages over NATS, by direction")
      .is(counts.sent, {{"direction", "out"}})
      .is(counts.received, {{"direction", "in"}});
  out.counter(
         "cluster_bus_messages_lost_total",
         "Messages not sent because NATS was away or slow, or not taken because there were too "
         "many, by direction")
      .is(counts.dropped_out, {{"direction", "out"}})
      .is(counts.dropped_in, {{"direction", "in"}});
  out.counter("cluster_words_dropped_total", "Messages of nodes that were refused, by reason")
      .is(state.dropped.malformed, {{"reason", "malformed"}})
      .is(state.dropped.replayed, {{"reason", "replayed"}})
      .is(state.dropped.stale, {{"reason", "stale"}})
      .is(state.dropped.wrong_mac, {{"reason", "wrong-key"}});
  out.counter("cluster_lookups_total", "Questions which node has an agent, by outcome")
      .is(state.directory.lookups, "outcome");
  out.counter("cluster_claims_lost_total", "Agents here that another node has now, by reason")
      .is(state.directory.lost, "reason");
}

void write_log(Exposition& out, const RegistryLogState& log) {
  auto phases = out.gauge("cluster_log_phase", "1 for the phase in which the log of names is");
  for (const Phase phase : {Phase::bus_down, Phase::no_stream, Phase::catching_up, Phase::restoring,
                            Phase::settling, Phase::disk, Phase::in_step})
    phases.is(phase == log.phase, {{"phase", phase_word(phase)}});
  out.gauge("cluster_log_in_step", "1 while this node is in step with the log of names")
      .is(log.phase == Phase::in_step);
  out.gauge("cluster_log_behind", "Entries of the log that are still to be read").is(log.behind);
  out.gauge("cluster_log_entries", "Entries of the log that this node has").is(log.entries);
  out.gauge("cluster_log_contradictions",
            "Names of which this node and the log do not say the same; 100 at most")
      .is(log.contradictions.size());
  out.counter("cluster_log_restored_total", "Entries that were lost and written again")
      .is(log.restored);
  out.counter("cluster_log_foreign_total", "Messages in the log that no node of the cluster wrote")
      .is(log.foreign);
}

void write_peer_links(Exposition& out, const ClusterState::PeerLinks& links,
                      const Tallies& tallies) {
  // By who has dialled.
  constexpr metrics::Label kSelf{"dialled", "self"};
  constexpr metrics::Label kOther{"dialled", "other"};
  const LineTally& lines = tallies.lines;
  const PeerTally& nodes = tallies.nodes;
  out.gauge("cluster_links", "Proven links between this node and others, by who has dialled")
      .is(links.lines, {kSelf})
      .is(links.links, {kOther});
  out.gauge("cluster_streams", "Streams on these links; dialled by self: of clients here")
      .is(links.line_streams, {kSelf})
      .is(links.link_streams, {kOther});
  out.counter("cluster_link_proofs_total", "Links that were tried, by result: ok or an error code")
      .is(lines.dials, "result", kSelf)
      .is(nodes.proofs, "result", kOther);
  out.counter("cluster_link_ends_total", "Proven links that broke, by error code")
      .is(lines.ended, "code", kSelf)
      .is(nodes.sent_away, "code", kOther);
  out.counter("cluster_entries_total", "Clients that asked to be let in over a link, by outcome")
      .is(lines.entries, "outcome", kSelf)
      .is(tallies.entries, "outcome", kOther);
  out.counter("cluster_stream_resets_total",
              "Streams that another node broke the rules of, by error code")
      .is(tallies.node_resets, "code");
  out.counter("cluster_relayed_packets_total", "Packets that came from other nodes")
      .is(lines.relayed_packets, {kSelf})
      .is(nodes.relayed_packets, {kOther});
  out.counter("cluster_relayed_bytes_total", "Bytes of these")
      .is(lines.relayed_bytes, {kSelf})
      .is(nodes.relayed_bytes, {kOther});
}

std::string_view log_code(const RegistryLogState& log) {
  if (log.phase == Phase::no_stream) return codes::kStreamMissing.id;
  if (log.phase == Phase::disk && log.problem) return log.problem->code.id;
  return codes::kRegistryLogAway.id;
}

}  // namespace

std::vector<monitoring::Condition> conditions(const ClusterState& state) {
  monitoring::Condition bus{"bus", state.bus.up};
  if (!bus.met) bus.code = bus::codes::kUnreachable.id;
  monitoring::Condition log{"log", state.log.phase == Phase::in_step};
  if (!log.met) log.code = log_code(state.log);
  return {bus, log};
}

void write_cluster(Exposition& out, const ClusterState& state, const Tallies& tallies) {
  write_nodes(out, state);
  write_bus(out, state);
  write_log(out, state.log);
  write_peer_links(out, state.peer_links, tallies);
}

}  // namespace sfteams::connector
