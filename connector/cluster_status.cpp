#include "connector/cluster_status.h"

#include <algorithm>
#include <cstdlib>
#include <optional>

#include <fmt/format.h>

#include "base/clock/uptime_text.h"
#include "base/clock/utc_time.h"
#include "base/error/counted.h"
#include "base/json/error_json.h"
#include "connector/cluster/codes.h"
#include "transport/bus/codes.h"

namespace sfteams::connector {
namespace {

using Node = ClusterState::Node;
using Phase = RegistryLogState::Phase;

constexpr std::size_t kMostNamed = 8;

/// "a, b and c": at most kMostNamed of them.
std::string listed(const std::vector<std::string>& names) {
  std::string text;
  const std::size_t shown = std::min(names.size(), kMostNamed);
  const std::size_t more = names.size() - shown;
  for (std::size_t index = 0; index < shown; ++index) {
    const bool last = more == 0 && index + 1 == shown;
    if (index > 0) text += last ? " and " : ", ";
    text += names[index];
  }
  if (more > 0) text += fmt::format(" and {} more", more);
  return text;
}

/// What `of` gives for those nodes that `which` is true for, one after the other.
template <typename Which, typename Of>
std::vector<std::string> each(const ClusterState& state, Which which, Of of) {
  std::vector<std::string> texts;
  for (const Node& node : state.nodes)
    if (which(node)) texts.push_back(of(node));
  return texts;
}

const std::string& id_of(const Node& node) {
  return node.id;
}

std::optional<Problem> bus_problem(const ClusterState& state) {
  if (state.bus.up) return std::nullopt;
  return Problem{
      Health::critical,
      {bus::codes::kUnreachable,
       fmt::format("no connection to NATS for {}: what is connected goes on, but users at other "
                   "nodes do not reach the agents here, and new names wait",
                   clock::uptime_text(state.bus.lasted.count())),
       "look whether nats-server runs here (systemctl status nats-server); the connector's log "
       "says why it is not reached"}};
}

Problem log_waits(const std::string& why, std::string hint) {
  return {
      Health::warning,
      {codes::kRegistryLogAway,
       "the log of names " + why + "; names that are known work, new ones wait", std::move(hint)}};
}

std::optional<Problem> log_problem(const ClusterState& state) {
  constexpr const char* kWait = "it ends by itself, within a minute or two";
  switch (state.log.phase) {
    case Phase::in_step:
      return std::nullopt;
    case Phase::bus_down:
      // That of NATS says it all.
      if (!state.bus.up) return std::nullopt;
      return log_waits("does not answer", "look whether most of the nats-servers run");
    case Phase::no_stream:
      return Problem{Health::critical,
                     {codes::kStreamMissing,
                      "NATS has no log of names that can be used: no new name can register",
                      "run, on one host: starface-teams-connector cluster create-log "
                      "--nats-credentials FILE"}};
    case Phase::catching_up:
      return log_waits("is being read", kWait);
    case Phase::restoring:
      return log_waits("was lost and is being written again", kWait);
    case Phase::settling:
      return log_waits("is held open until the other nodes have written what they know", kWait);
    case Phase::disk:
      break;
  }
  return Problem{
      Health::critical,
      state.log.problem.value_or(Error{
          codes::kRegistryLogAway, "the log of names cannot be kept here", "look at the disk"})};
}

std::optional<Problem> contradiction_problem(const ClusterState& state) {
  if (state.log.contradictions.empty()) return std::nullopt;
  std::vector<std::string> names;
  for (const auto& contradiction : state.log.contradictions)
    names.push_back(contradiction.name);
  return Problem{
      Health::critical,
      {codes::kRegistryContradiction,
       "this node and the others do not agree who owns " + listed(names),
       "compare the identity in \"list\" with the one that the agent's \"status\" shows, then "
       "forget the name and enroll it again"}};
}

std::optional<Problem> twice_problem(const ClusterState& state) {
  std::vector<std::string> ids = each(
      state, [](const Node& node) { return node.twice; }, id_of);
  if (state.own_id_twice) ids.insert(ids.begin(), state.node);
  if (ids.empty()) return std::nullopt;
  return Problem{
      Health::critical,
      {codes::kNodeIdTwice, "two connectors run with the node id " + listed(ids),
       "give each connector its own [cluster] node, or stop the one that should not run"}};
}

std::optional<Problem> silent_problem(const ClusterState& state) {
  // Without NATS nobody is heard.
  if (!state.bus.up) return std::nullopt;
  const auto texts = each(
      state, [](const Node& node) { return node.silent; },
      [](const Node& node) {
        return fmt::format("{} ({}{})", node.id, node.leaving ? "stopped, " : "",
                           clock::uptime_text(node.unheard.count()));
      });
  if (texts.empty()) return std::nullopt;
  return Problem{
      Health::warning,
      {codes::kNodeSilent,
       fmt::format("{} not heard any more: {}", texts.size() == 1 ? "a node is" : "nodes are",
                   listed(texts)),
       "look at its host: starface-teams-connector status. One that is gone for good is forgotten "
       "after an hour"}};
}

std::optional<Problem> clock_problem(const ClusterState& state) {
  const auto texts = each(
      state, [](const Node& node) { return node.clock_differs; },
      [](const Node& node) {
        return fmt::format("{} ({:.1f} s {})", node.id,
                           static_cast<double>(std::abs(node.ahead_ms)) / 1'000,
                           node.ahead_ms > 0 ? "ahead" : "behind");
      });
  if (texts.empty()) return std::nullopt;
  return Problem{
      Health::warning,
      {codes::kNodeClockDiffers, "this host's clock differs from that of " + listed(texts),
       "set the clocks of all nodes by NTP; from 30 s on they do not hear each other"}};
}

Json::Value number(std::uint64_t value) {
  return static_cast<Json::UInt64>(value);
}

Json::Value seconds(ClusterState::Seconds value) {
  return static_cast<Json::Int64>(value.count());
}

Json::Value bus_json(const ClusterState::Bus& bus) {
  Json::Value json(Json::objectValue);
  json["up"] = bus.up;
  json["since"] = seconds(bus.lasted);
  json["timesUp"] = number(bus.counts.ups);
  json["sent"] = number(bus.counts.sent);
  json["received"] = number(bus.counts.received);
  json["notSent"] = number(bus.counts.dropped_out);
  json["notTaken"] = number(bus.counts.dropped_in);
  return json;
}

Json::Value log_json(const RegistryLogState& log) {
  Json::Value json(Json::objectValue);
  json["phase"] = phase_word(log.phase);
  json["inStep"] = log.phase == Phase::in_step;
  json["entries"] = static_cast<Json::Int64>(log.entries);
  json["behind"] = number(log.behind);
  json["restored"] = number(log.restored);
  json["foreign"] = number(log.foreign);
  json["error"] = json::error_json(log.problem);
  json["contradictions"] = Json::Value(Json::arrayValue);
  for (const auto& contradiction : log.contradictions) {
    Json::Value each(Json::objectValue);
    each["name"] = contradiction.name;
    each["since"] = clock::utc_text(contradiction.at);
    json["contradictions"].append(std::move(each));
  }
  return json;
}

Json::Value node_json(const Node& node) {
  Json::Value json(Json::objectValue);
  json["node"] = node.id;
  json["url"] = node.url;
  json["version"] = node.version;
  json["agents"] = number(node.agents);
  json["clients"] = number(node.clients);
  json["leaving"] = node.leaving;
  json["uptime"] = seconds(node.uptime);
  json["silent"] = node.silent;
  json["unheard"] = seconds(node.unheard);
  json["clockAheadMs"] = static_cast<Json::Int64>(node.ahead_ms);
  json["twice"] = node.twice;
  return json;
}

Json::Value peer_links_json(const ClusterState::PeerLinks& links) {
  Json::Value json(Json::objectValue);
  json["to"]["nodes"] = number(links.lines);
  json["to"]["streams"] = number(links.line_streams);
  json["from"]["nodes"] = number(links.links);
  json["from"]["streams"] = number(links.link_streams);
  return json;
}

Json::Value dropped_json(const DroppedWords& dropped) {
  Json::Value json(Json::objectValue);
  json["malformed"] = number(dropped.malformed);
  json["wrongKey"] = number(dropped.wrong_mac);
  json["stale"] = number(dropped.stale);
  json["replayed"] = number(dropped.replayed);
  return json;
}

}  // namespace

std::vector<Problem> problems(const ClusterState& state) {
  std::vector<Problem> found;
  for (auto& problem : {bus_problem(state), log_problem(state), contradiction_problem(state),
                        twice_problem(state), silent_problem(state), clock_problem(state)})
    if (problem) found.push_back(*problem);
  return found;
}

Json::Value to_json(const ClusterState& state) {
  Json::Value json(Json::objectValue);
  json["name"] = state.name;
  json["node"] = state.node;
  json["key"] = state.key;
  json["alsoKey"] = state.also_key ? Json::Value(*state.also_key) : Json::Value();
  json["logSecret"] = state.log_secret;
  json["bus"] = bus_json(state.bus);
  json["log"] = log_json(state.log);
  json["peerLinks"] = peer_links_json(state.peer_links);
  json["dropped"] = dropped_json(state.dropped);
  json["nodes"] = Json::Value(Json::arrayValue);
  for (const Node& node : state.nodes)
    json["nodes"].append(node_json(node));
  return json;
}

}  // namespace sfteams::connector
