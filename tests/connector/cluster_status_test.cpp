#include "connector/cluster_status.h"

#include <algorithm>
#include <fstream>
#include <set>

#include <catch2/catch.hpp>

#include "base/crypto/hash.h"
#include "base/json/view.h"
#include "connector/cluster/codes.h"
#include "connector/cluster/messages.h"
#include "connector/cluster/word.h"
#include "connector/cluster_metrics.h"
#include "connector/status.h"
#include "tests/connector/cluster_stage.h"
#include "tests/contains.h"
#include "tests/integration/child_process.h"

// What an operator sees of a cluster, at one of its nodes.

namespace sfteams::connector::test {
namespace {

/// Three nodes; an agent is at the first, its client at the second.
struct SeenCluster {
  SeenCluster() {
    agent = stage.node(0).house.registering(pbx);
    stage.pass(100);
    client = stage.node(1).house.admitting(pbx);
    // Until all of them have heard of it.
    stage.pass(3'000);
  }

  ClusterState state(std::size_t node) {
    return cluster_state(stage.node(node).exchange()).value();
  }
  std::string text(std::size_t node) { return cluster_text(to_json(state(node))); }
  Json::Value json(std::size_t node) { return to_json(state(node)); }
  bool ready(std::size_t node, std::string_view name) {
    for (const monitoring::Condition& condition : conditions(state(node)))
      if (condition.name == name) return condition.met;
    FAIL("no such condition");
    return false;
  }
  /// "critical connector.node-id-twice", the first problem; "" without one.
  std::string problem(std::size_t node) {
    const std::vector<Problem> found = problems(state(node));
    if (found.empty()) return "";
    return std::string(to_string(found.front().severity)) + " " +
           std::string(found.front().error.code.id);
  }
  /// A beat of another process with this node id, whose clock is as much ahead.
  void beat_as(const std::string& node, const ClusterKeys& keys, UnixMs ahead) {
    const NodeIdentity identity{node, {9, 9}, "ws://192.0.2.9:8444"};
    const UnixMsClock clock = [this, ahead] {
      return static_cast<UnixMs>(stage.node(0).house.unix_time) * 1'000 + ahead;
    };
    WordMaker maker(keys, identity, clock);
    const std::string subject = "sft1.t.beat";
    stage.servers.broker.publish_as_stranger(
        {subject, "", maker.make(subject, WordKind::beat, pack(BeatWord{identity.url, "1.0.0"}))});
    stage.pass(100);
  }

  ClusterStage stage{3};
  Pbx pbx;
  std::unique_ptr<Peer> agent;
  std::unique_ptr<Peer> client;
};

TEST_CASE("a cluster where all is well has no problems, and says what it is made of") {
  SeenCluster seen;
  const ClusterState state = seen.state(1);
  CHECK(problems(state).empty());
  CHECK(state.name == "t");
  CHECK(state.node == "b");
  REQUIRE(state.nodes.size() == 2);
  CHECK(state.nodes[0].id == "a");
  CHECK(state.nodes[0].agents == 1);
  CHECK(state.nodes[0].version == "1.0.0");
  CHECK(state.log.phase == RegistryLogState::Phase::in_step);
  CHECK(state.log.entries > 0);
  CHECK(state.peer_links.lines == 1);
  CHECK(state.peer_links.line_streams == 1);
  CHECK(seen.state(0).peer_links.links == 1);
  CHECK(seen.state(0).peer_links.link_streams == 1);
  CHECK(state.directory.lookups.of("found") == 1);
  CHECK(seen.ready(1, "bus"));
  CHECK(seen.ready(1, "log"));
}

TEST_CASE("its lines are as few and as plain as those of everything else") {
  SeenCluster seen;
  CHECK(
      seen.text(1) ==
      "cluster:      t, this is node b; key 6d377560, log secret f1643cca\n"
      "NATS:         connected for 14 s\n"
      "log of names: in step, 1 entry\n"
      "peer links:   to 1 node for 1 client here, from 0 nodes for 0 clients there\n"
      "nodes:        a  version 1.0.0, 1 agent, 0 clients, running for 14 s, ws://127.0.0.1/a\n"
      "              c  version 1.0.0, 0 agents, 0 clients, running for 14 s, ws://127.0.0.1/c\n");
}

TEST_CASE("a node without NATS is critical and not ready, and says for how long") {
  SeenCluster seen;
  seen.stage.node(0).bus.set_up(false);
  seen.stage.pass(40'000);
  CHECK(seen.problem(0) == "critical bus.unreachable");
  // That it hears nobody and reads no log follows from it.
  CHECK(problems(seen.state(0)).size() == 1);
  CHECK_FALSE(seen.ready(0, "bus"));
  CHECK_FALSE(seen.ready(0, "log"));
  CHECK(seen.json(0)["bus"]["since"].asInt() == 40);
  CHECK(contains(seen.text(0), "NATS:         away for 40 s\n"));
  seen.stage.node(0).bus.set_up(true);
  seen.stage.pass(15'000);
  CHECK(seen.problem(0).empty());
  CHECK(seen.json(0)["bus"]["since"].asInt() == 15);
}

TEST_CASE("a node that is not heard any more is a warning at the others, for an hour") {
  SeenCluster seen;
  seen.stage.kill(2);
  seen.stage.pass(9'000);
  CHECK(seen.problem(0).empty());
  seen.stage.pass(6'000);
  CHECK(seen.problem(0) == "warning connector.node-silent");
  CHECK(contains(seen.text(0), "c  silent for 1"));
  CHECK(contains(problems(seen.state(0)).front().error.message, "a node is not heard any more: c"));
  CHECK(seen.ready(0, "bus"));
}

TEST_CASE("a node that said that it stops is called stopped and not silent") {
  SeenCluster seen;
  seen.stage.node(2).exchange().move_away({}, [] {});
  seen.stage.pass(3'000);
  CHECK(contains(seen.text(0), "c  stopping, version 1.0.0"));
  seen.stage.kill(2);
  seen.stage.pass(15'000);
  CHECK(contains(seen.text(0), "c  stopped for 1"));
  CHECK(contains(problems(seen.state(0)).front().error.message, "c (stopped, 1"));
}

TEST_CASE("a node id that two processes have is critical, at that node and at the others") {
  SeenCluster seen;
  seen.beat_as("c", cluster_keys(), 1'000);
  CHECK(seen.problem(2) == "critical connector.node-id-twice");
  // The other nodes hear now one of them and now the other.
  seen.stage.node(2).house.unix_time += 3;
  seen.stage.pass(5'000);
  CHECK(seen.problem(0) == "critical connector.node-id-twice");
  CHECK(contains(seen.text(0), "runs twice"));
}

TEST_CASE("a clock that differs is a warning at both, with the difference") {
  SeenCluster seen;
  seen.stage.node(2).house.unix_time += 8;
  seen.stage.pass(3'000);
  CHECK(seen.problem(0) == "warning connector.node-clock-differs");
  CHECK(contains(problems(seen.state(0)).front().error.message, "c (8.0 s ahead)"));
  CHECK(contains(problems(seen.state(2)).front().error.message, "a (8.0 s behind) and b"));
  CHECK(contains(seen.text(0), ", clock 8.0 s ahead\n"));
}

TEST_CASE("what a stranger publishes is counted and shown, and is no problem") {
  SeenCluster seen;
  CHECK_FALSE(contains(seen.text(0), "dropped:"));
  seen.beat_as("d", ClusterKeys::parse(ClusterKeys::make_file()->text(), "other").value(), 0);
  CHECK(seen.json(0)["dropped"]["wrongKey"].asInt() == 1);
  CHECK(contains(seen.text(0), "dropped:      messages of nodes: 1 with another key\n"));
  CHECK(seen.problem(0).empty());
}

TEST_CASE("without the log's streams new names are kept out, and the command is named") {
  ClusterState state = SeenCluster().state(0);
  state.log.phase = RegistryLogState::Phase::no_stream;
  const std::vector<Problem> found = problems(state);
  REQUIRE(found.size() == 1);
  CHECK(found.front().severity == Health::critical);
  CHECK(found.front().error.code == codes::kStreamMissing);
  CHECK(contains(found.front().error.hint, "starface-teams-connector cluster create-log"));
  CHECK(conditions(state).back().code == codes::kStreamMissing.id);
}

TEST_CASE("a log that is not in step yet is a warning in each of its phases") {
  ClusterState state = SeenCluster().state(0);
  using Phase = RegistryLogState::Phase;
  for (const Phase phase :
       {Phase::bus_down, Phase::catching_up, Phase::restoring, Phase::settling}) {
    state.log.phase = phase;
    const std::vector<Problem> found = problems(state);
    CAPTURE(to_string(phase));
    REQUIRE(found.size() == 1);
    CHECK(found.front().severity == Health::warning);
    CHECK(found.front().error.code == codes::kRegistryLogAway);
    CHECK_FALSE(conditions(state).back().met);
    CHECK(to_json(state)["log"]["inStep"] == false);
  }
  state.log.phase = Phase::catching_up;
  state.log.behind = 240;
  CHECK(contains(cluster_text(to_json(state)), "log of names: being read, 240 to go, "));
}

TEST_CASE("names in dispute are critical, and named as far as there is room") {
  ClusterState state = SeenCluster().state(0);
  for (int number = 0; number < 11; ++number)
    state.log.contradictions.push_back({"pbx" + std::to_string(number), "", 1'800'000'000});
  const std::vector<Problem> found = problems(state);
  REQUIRE(found.size() == 1);
  CHECK(found.front().severity == Health::critical);
  CHECK(found.front().error.code == codes::kRegistryContradiction);
  CHECK(contains(found.front().error.message, "who owns pbx0, pbx1, "));
  CHECK(contains(found.front().error.message, "pbx7 and 3 more"));
  const Json::Value json = to_json(state);
  CHECK(json["log"]["contradictions"].size() == 11);
  CHECK(json["log"]["contradictions"][10]["name"] == "pbx10");
  CHECK(contains(cluster_text(json), ", 11 names in dispute\n"));
}

/// Every member there is, with `path` before its name and "[]" behind that of a list.
void collect(const Json::Value& value, const std::string& path, std::set<std::string>& members) {
  if (value.isArray()) {
    for (const Json::Value& each : value)
      collect(each, path + "[]", members);
  } else if (value.isObject() && !value.isMember("code")) {
    for (const std::string& name : value.getMemberNames())
      collect(value[name], path + "." + name, members);
  } else {
    members.insert(path);
  }
}

/// The members that docs/connector-status.md describes for a node of a cluster.
std::set<std::string> documented_members() {
  std::set<std::string> members;
  std::ifstream lines(SFTEAMS_SOURCE_DIR "/docs/connector-status.md");
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("| `cluster.")) members.insert(line.substr(3, line.find('`', 3) - 3));
  return members;
}

TEST_CASE("the reference describes each member of `cluster`, and no other") {
  ClusterState state = SeenCluster().state(0);
  state.log.contradictions.push_back({"pbx.example.com", "", 1'800'000'000});
  state.log.problem = Error{codes::kRegistryLogAway, "why", ""};
  std::set<std::string> members;
  collect(to_json(state), "cluster", members);
  CHECK(documented_members() == members);
}

TEST_CASE("the lines of another version's cluster are shown as far as they go") {
  CHECK(cluster_text(Json::Value()).empty());
  CHECK(contains(cluster_text(Json::Value(Json::objectValue)), "cluster:      ?"));
  Json::Value odd(Json::objectValue);
  odd["name"] = "\x1b[31m";
  odd["nodes"] = "none";
  odd["log"]["phase"] = "asleep";
  CHECK_FALSE(contains(cluster_text(odd), "\x1b"));
  CHECK(contains(cluster_text(odd), "log of names: asleep"));
}

/// A connector that is one of the nodes, as monitoring measures it.
struct MeasuredNode {
  explicit MeasuredNode(SeenCluster& seen)
      : exchange(seen.stage.node(0).exchange()),
        measured{"1.2.3",
                 std::chrono::system_clock::now(),
                 false,
                 exchange.counts(),
                 exchange.tallies(),
                 {},
                 limits,
                 std::nullopt,
                 reloads} {
    measured.cluster = cluster_state(exchange);
  }

  Exchange& exchange;
  Limits limits;
  metrics::Tally reloads{"ok"};
  Measured measured;
};

TEST_CASE("the problems of a cluster are among all others, the worst first") {
  SeenCluster seen;
  MeasuredNode node(seen);
  Status status{.measured = node.measured,
                .address = "",
                .names = NameStates{},
                .registry_file = "",
                .page_version = ""};
  status.page_error = Error{codes::kRegistryLogForeign, "a warning", ""};
  CHECK(exit_status(to_json(status)) == 1);
  seen.stage.node(0).bus.set_up(false);
  node.measured.cluster = cluster_state(node.exchange);
  const Json::Value json = to_json(status);
  CHECK(exit_status(json) == 2);
  CHECK(json["problems"][0]["code"] == "bus.unreachable");
  CHECK(json["cluster"]["node"] == "a");
  CHECK(contains(to_text(json), "\ncluster:      t, this is node a; "));
  CHECK(contains(to_text(json), "\ncritical:     [bus.unreachable] "));
  // What the log and the registry say of one disk is said once.
  const Error full{codes::kRegistryLogAway, "the disk is full", ""};
  node.measured.cluster->log.phase = RegistryLogState::Phase::disk;
  node.measured.cluster->log.problem = full;
  status.registry_error = full;
  CHECK(std::ranges::count(problems(status), full.message,
                           [](const Problem& problem) { return problem.error.message; }) == 1);
  node.measured.cluster.reset();
  CHECK_FALSE(to_json(status).isMember("cluster"));
  CHECK_FALSE(contains(to_text(to_json(status)), "cluster:"));
}

TEST_CASE("a node tells monitoring of its cluster, and a connector alone of none") {
  SeenCluster seen;
  seen.stage.kill(2);
  seen.stage.pass(15'000);
  seen.beat_as("d", ClusterKeys::parse(ClusterKeys::make_file()->text(), "other").value(), 0);
  MeasuredNode node(seen);
  CHECK(conditions(node.measured).size() == 5);
  const std::string told = "\n" + metrics_text(node.measured);
  for (const char* line : {"nodes{state=\"heard\"} 1",
                           "nodes{state=\"silent\"} 1",
                           "node_ids_twice 0",
                           "clock_difference_seconds 0",
                           "bus_up 1",
                           "bus_messages_lost_total{direction=\"out\"} 0",
                           "words_dropped_total{reason=\"wrong-key\"} 1",
                           "log_in_step 1",
                           "log_entries 1",
                           "log_behind 0",
                           "log_phase{phase=\"in-step\"} 1",
                           "log_phase{phase=\"no-stream\"} 0",
                           "log_contradictions 0",
                           "log_restored_total 0",
                           "links{dialled=\"other\"} 1",
                           "streams{dialled=\"other\"} 1",
                           "links{dialled=\"self\"} 0",
                           "link_proofs_total{dialled=\"other\",result=\"ok\"} 1",
                           "entries_total{dialled=\"other\",outcome=\"entered\"} 1",
                           "lookups_total{outcome=\"nobody\"} 0",
                           "claims_lost_total{reason=\"overtaken\"} 0"}) {
    CAPTURE(line);
    CHECK(contains(told, std::string("\nstarface_teams_connector_cluster_") + line + "\n"));
  }
  node.measured.cluster.reset();
  CHECK(conditions(node.measured).size() == 3);
  CHECK_FALSE(contains(metrics_text(node.measured), "cluster_"));
}

TEST_CASE("an agent that another node has now is counted there where it was") {
  SeenCluster seen;
  seen.stage.pass(5'000);
  seen.stage.node(2).house.unix_time += 1;
  auto newer = seen.stage.node(2).house.registering(seen.pbx);
  seen.stage.pass(1'000);
  CHECK(seen.state(0).directory.lost.of("overtaken") == 1);
}

/// The names behind starface_teams_connector_ that begin with cluster_ in a text.
std::set<std::string> metrics_in(const std::string& text) {
  std::set<std::string> names;
  const std::string prefix = "starface_teams_connector_";
  for (std::size_t at = text.find(prefix + "cluster_"); at != std::string::npos;
       at = text.find(prefix + "cluster_", at + 1)) {
    const std::size_t begin = at + prefix.size();
    names.insert(
        text.substr(begin, text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", begin) - begin));
  }
  return names;
}

TEST_CASE("every metric of a cluster is documented, and every one that an alert asks for is told") {
  SeenCluster seen;
  const std::set<std::string> told = metrics_in(metrics_text(MeasuredNode(seen).measured));
  CHECK(told.size() > 20);
  const std::string book = integration::read_file(SFTEAMS_SOURCE_DIR "/docs/monitoring.md");
  for (const std::string& name : told) {
    CAPTURE(name);
    CHECK((contains(book, "`" + name + "`") || contains(book, "`" + name + "{")));
  }
  const std::set<std::string> asked =
      metrics_in(integration::read_file(SFTEAMS_SOURCE_DIR "/packaging/prometheus-alerts.yml"));
  CHECK(asked.size() >= 5);
  for (const std::string& name : asked) {
    CAPTURE(name);
    CHECK(told.contains(name));
  }
}

}  // namespace
}  // namespace sfteams::connector::test
