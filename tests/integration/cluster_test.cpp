#include "tests/integration/cluster.h"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/integration/callers.h"
#include "tests/integration/measuring.h"

// Several connectors that act as one, with everything real: nats-servers, nodes, an agent with the
// stand-in PBX, and clients that call all the time. Nodes come and go.

namespace sfteams::integration {
namespace {

constexpr const char* kPbx = "pbx.example.com";

/// How long the longest session was away, once all are back and have had answers.
std::chrono::milliseconds came_back(const std::string& what, const Callers& callers) {
  REQUIRE(eventually([&] {
    const Callers::Seen seen = callers.seen();
    return seen.interruptions >= kUsers.size() && seen.interrupted == 0;
  }));
  REQUIRE(callers.go_on());
  const Callers::Seen seen = callers.seen();
  CHECK(seen.sessions_lost == 0);
  measured(what + ": the longest absence of a session", seen.longest_interruption);
  measured(what + ": the longest call", seen.longest_call);
  return seen.longest_interruption;
}

TEST_CASE("a client at one node of a cluster reaches the agent at another one") {
  Cluster cluster;
  cluster.start_agent();
  const Finished signed_in = cluster.pbx().client(Installation::kAnna, {"login"});
  INFO(signed_in.err);
  REQUIRE(signed_in.status == 0);
  CHECK(cluster.all_see_agent_at(1));
  Callers callers(cluster.pbx(), {Installation::kAnna, Installation::kBen});
  CHECK(callers.go_on());
  // The same name and another key: what the first key file was before there was a new one.
  const std::filesystem::path old = cluster.pbx().file("old.key");
  std::filesystem::copy_file(cluster.pbx().key_file(), old);
  REQUIRE(cluster.pbx().agent_command({"key", "new", "--revoke"}).status == 0);
  cluster.pbx().use_key_file(old);
  const Finished refused = cluster.pbx().client(Installation::kAnna, {"login"});
  CHECK(refused.status != 0);
  CHECK(contains(refused.err, "tunnel.admission-refused"));
}

TEST_CASE("sessions go on when the node of their clients is killed") {
  Cluster cluster;
  cluster.start_agent();
  Callers callers(cluster.pbx(), kUsers);
  REQUIRE(callers.go_on());
  cluster.node(0).signal(SIGKILL);
  CHECK(came_back("the clients' node is killed", callers) < 5s);
  CHECK(callers.compare(cluster.pbx()) == kNothing);
}

TEST_CASE("sessions go on when the node of their agent is killed") {
  Cluster cluster;
  cluster.start_agent();
  Callers callers(cluster.pbx(), kUsers);
  REQUIRE(callers.go_on());
  cluster.node(1).signal(SIGKILL);
  CHECK(came_back("the agent's node is killed", callers) < 10s);
  CHECK(eventually([&] { return cluster.all_see_agent_at(2); }));
  CHECK(callers.compare(cluster.pbx()) == kNothing);
}

TEST_CASE("sessions go on when the node of their agent freezes, and it has the agent no more") {
  Cluster cluster;
  cluster.start_agent();
  Callers callers(cluster.pbx(), kUsers);
  REQUIRE(callers.go_on());
  cluster.node(1).signal(SIGSTOP);
  CHECK(came_back("the agent's node is frozen", callers) < 20s);
  cluster.node(1).signal(SIGCONT);
  CHECK(eventually([&] { return cluster.all_see_agent_at(2); }));
  CHECK(eventually([&] { return cluster.status(1)["agents"]["online"] == 0; }));
  REQUIRE(callers.go_on());
  CHECK(callers.compare(cluster.pbx()) == kNothing);
}

TEST_CASE("sessions move away from nodes that are restarted one after the other") {
  Cluster cluster;
  cluster.start_agent();
  Callers callers(cluster.pbx(), kUsers);
  for (std::size_t node = 0; node < Cluster::kNodes; ++node) {
    REQUIRE(callers.go_on());
    callers.measure_again();
    const std::chrono::milliseconds took = time_until([&, stopping = false]() mutable {
      if (!std::exchange(stopping, true)) cluster.node(node).signal(SIGTERM);
      return !cluster.node(node).running();
    });
    CHECK(cluster.node(node).wait() == 0);
    REQUIRE(callers.go_on());
    const auto longest = callers.seen().longest_interruption;
    measured("node " + Cluster::id(node) + " stops within", took);
    measured("the longest absence of a session meanwhile", longest);
    CHECK(longest < 5s);
    cluster.start_node(node);
  }
  CHECK(callers.compare(cluster.pbx()) == kNothing);
}

TEST_CASE("what the operator of a cluster does at one node holds at all of them") {
  Cluster cluster({.nats_servers = 1, .node_settings = {}, .registration = "enrolled"});
  REQUIRE(cluster.command(2, {"enroll", kPbx}).status == 0);
  const auto state_everywhere = [&](const char* state) {
    return [&cluster, state] {
      for (std::size_t node = 0; node < Cluster::kNodes; ++node)
        if (cluster.listed(node)["state"] != state) return false;
      return true;
    };
  };
  measured("enrolled everywhere after", time_until(state_everywhere("enrolled")));
  cluster.start_agent();
  measured("pinned everywhere after", time_until(state_everywhere("pinned")));

  // Another node than the agent's.
  REQUIRE(cluster.command(0, {"disable", kPbx, "--reason", "moving house"}).status == 0);
  const auto disabled = time_until(
      [&] { return cluster.pbx().status()["tunnel"]["error"]["code"] == "tunnel.name-disabled"; });
  measured("the agent is cut off after", disabled);
  CHECK(disabled < 3s);
  CHECK(time_until(state_everywhere("disabled")) < 3s);
  const Finished refused = cluster.pbx().client(Installation::kAnna, {"login"});
  CHECK(contains(refused.err, "tunnel.admission-refused"));

  REQUIRE(cluster.command(2, {"enable", kPbx}).status == 0);
  CHECK(time_until(state_everywhere("pinned")) < 3s);
  REQUIRE(cluster.command(1, {"forget", kPbx}).status == 0);
  const auto forgotten = time_until([&] {
    for (std::size_t node = 0; node < Cluster::kNodes; ++node)
      if (!cluster.listed(node).isNull()) return false;
    return true;
  });
  measured("forgotten everywhere after", forgotten);
  CHECK(forgotten < 3s);

  cluster.node(2).signal(SIGKILL);
  REQUIRE(cluster.node(2).wait());
  const Finished alone = cluster.command(2, {"enroll", kPbx});
  CHECK(alone.status != 0);
  CHECK(contains(alone.err, "connector.not-running"));
}

}  // namespace
}  // namespace sfteams::integration
