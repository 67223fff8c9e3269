#include <chrono>
#include <memory>
#include <string>

#include <catch2/catch.hpp>

#include "tests/faults/line.h"
#include "tests/faults/split_cluster.h"
#include "tests/integration/callers.h"
#include "tests/integration/measuring.h"
#include "tests/machine.h"

// A cluster whose third node is cut off from the other two by a line that dies without a word to
// anybody, heals, carries one way only, or loses and delays.

namespace sfteams::faults {
namespace {

using integration::Callers;
using integration::Cluster;
using integration::eventually;
using integration::Finished;
using integration::Installation;
using integration::kNothing;
using integration::kUsers;
using integration::measured;
using integration::time_until;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kNodeA = 0;
constexpr std::size_t kNodeB = 1;
constexpr std::size_t kFar = SplitCluster::kFar;

/// What "at most one link a name after 5 s" may take on a machine that has other work, with the time
/// to ask three nodes.
constexpr seconds kSettled{10};

std::unique_ptr<Line> line_for_cluster() {
  if (!machine::has_installed("/usr/sbin/nats-server", "nats-server")) return nullptr;
  auto line = Line::create(1);
  if (line) return std::move(*line);
  machine::skipped("no line can be laid: " + line.error());
  return nullptr;
}

std::unique_ptr<Callers> callers_near(SplitCluster& cluster) {
  const auto there = cluster->enter(kNodeA);
  return std::make_unique<Callers>(cluster->pbx(), kUsers);
}

/// Why its agent is not registered; empty when it is.
std::string error_of(Installation& pbx) {
  return pbx.status()["tunnel"]["error"]["code"].asString();
}

/// How long it took until all sessions had answers again.
milliseconds back_after(const std::string& what, const Callers& callers) {
  const auto begin = std::chrono::steady_clock::now();
  REQUIRE(eventually([&] {
    const Callers::Seen seen = callers.seen();
    return seen.interruptions >= kUsers.size() && seen.interrupted == 0;
  }));
  REQUIRE(callers.go_on());
  CHECK(callers.seen().sessions_lost == 0);
  const auto took =
      std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begin);
  measured(what + ": all sessions have answers after", took);
  measured(what + ": the longest absence that a session noticed",
           callers.seen().longest_interruption);
  return took;
}

/// The line is whole again: one node has the name, and it stays so.
void settles(const std::string& what, SplitCluster& cluster, std::size_t node) {
  cluster.heal();
  const auto settled = time_until([&] { return cluster.only_at(node); });
  measured(what + ": healed, and all nodes agree after", settled);
  CHECK(settled < kSettled);
  measured(what + ": healed, and the cluster is whole after",
           time_until([&] { return cluster.whole(); }));
  CHECK(cluster.only_at(node));
}

void clients_are_cut_off(std::size_t nats_servers) {
  const auto line = line_for_cluster();
  if (!line) return;
  SplitCluster cluster(*line, {.nats_servers = nats_servers});
  cluster->for_clients().prefer({kFar, kNodeA, kNodeB});
  cluster->start_agent();
  const auto callers = callers_near(cluster);
  REQUIRE(callers->go_on());
  REQUIRE(cluster->status(kFar)["clients"]["connected"].asUInt() == kUsers.size());

  cluster.cut();
  CHECK(back_after("the clients' node is cut off", *callers) < seconds(10));
  CHECK(cluster->listed(kNodeA)["node"] == "b");
  // With NATS of its own it finds nobody; without, it remembers where the agent was.
  CHECK(eventually([&] {
    const Json::Value node = cluster->listed(kFar)["node"];
    return nats_servers > 1 ? node.isNull() : node == "b";
  }));
  settles("the clients' node was cut off", cluster, kNodeB);
  CHECK(callers->go_on());
  CHECK(callers->compare(cluster->pbx()) == kNothing);
}

TEST_CASE("clients come back from a node that is cut off from the others") {
  clients_are_cut_off(1);
}

TEST_CASE("clients come back from a node that is cut off with a nats-server of its own") {
  clients_are_cut_off(3);
}

TEST_CASE("an agent comes back from a node that is cut off, and that one does not have it later") {
  const auto line = line_for_cluster();
  if (!line) return;
  // The old link ends because of the newer one, not because it does not answer.
  SplitCluster cluster(*line,
                       {.nats_servers = 1, .node_settings = "[keepalive]\nagent-interval = 300\n"});
  cluster->for_agents().prefer({kFar, kNodeB, kNodeA});
  cluster->start_agent();
  const auto callers = callers_near(cluster);
  REQUIRE(callers->go_on());
  REQUIRE(cluster.only_at(kFar));

  cluster.cut();
  CHECK(back_after("the agent's node is cut off", *callers) < seconds(15));
  CHECK(cluster->listed(kNodeA)["node"] == "b");
  REQUIRE(cluster->listed(kFar)["node"] == "c");
  settles("the agent's node was cut off", cluster, kNodeB);
  CHECK(callers->go_on());
  CHECK(callers->compare(cluster->pbx()) == kNothing);
}

TEST_CASE("agent and clients find by themselves that their node is cut off") {
  const auto line = line_for_cluster();
  if (!line) return;
  SplitCluster cluster(*line, {.nats_servers = 1, .entrances_look = false});
  cluster->for_agents().prefer({kFar, kNodeB, kNodeA});
  cluster->for_clients().prefer({kFar, kNodeA, kNodeB});
  cluster->start_agent();
  const auto callers = callers_near(cluster);
  REQUIRE(callers->go_on());

  cluster.cut();
  // A client pings every 15 s and waits 5 s for the answer, an agent 5 s and 4 s; the rest is for
  // the entrance to try another node, and for the machine.
  CHECK(back_after("the node of all is cut off, and nobody cuts its connections", *callers) <
        seconds(28));
  settles("the node of all was cut off", cluster, kNodeB);
  CHECK(callers->go_on());
  CHECK(callers->compare(cluster->pbx()) == kNothing);
}

TEST_CASE("clients that reach no other node than one cut off go on once it is not") {
  const auto line = line_for_cluster();
  if (!line) return;
  SplitCluster cluster(*line, {.nats_servers = 3});
  cluster->start_agent();
  cluster.let_clients_dial_far();
  const auto there = cluster->enter(kFar);
  Callers callers(cluster->pbx(), kUsers);
  REQUIRE(callers.go_on());

  cluster.cut();
  // Peer links are found dead within 5 s.
  const auto told = time_until([&] { return callers.seen().interrupted == kUsers.size(); });
  measured("the clients hear that their PBX is away after", told);
  CHECK(told < seconds(8));
  REQUIRE(eventually([&] { return cluster->listed(kFar)["node"].isNull(); }));
  cluster.heal();
  const auto back = time_until([&] { return callers.seen().interrupted == 0; });
  measured("healed, and they are back after", back);
  CHECK(back < seconds(20));
  CHECK(callers.go_on());
  CHECK(callers.seen().sessions_lost == 0);
  CHECK(callers.compare(cluster->pbx()) == kNothing);
  settles("the clients' only node was cut off", cluster, kNodeB);
}

TEST_CASE("an agent that has moved during a partition keeps its name when that is over") {
  const auto line = line_for_cluster();
  if (!line) return;
  SplitCluster cluster(*line, {.nats_servers = 1});
  cluster->start_agent();
  REQUIRE(eventually([&] { return cluster.only_at(kNodeB); }));
  const auto moved = cluster.moved_pbx();
  const auto thief = cluster.far_pbx("pbx.example.com");
  cluster.cut();
  thief->start_agent();
  REQUIRE(eventually([&] { return error_of(*thief) == "tunnel.name-taken"; }));
  moved->start_agent();
  // Its name is known there, although the log is away.
  REQUIRE(moved->registered());
  CHECK(cluster->listed(kFar)["node"] == "c");
  CHECK(cluster->listed(kNodeA)["node"] == "b");

  settles("an agent has moved", cluster, kFar);
  CHECK(error_of(cluster->pbx()) == "tunnel.replaced");
  CHECK(error_of(*thief) == "tunnel.name-taken");
  CHECK(moved->status()["tunnel"]["state"] == "connected");
  const Finished signed_in = cluster->pbx().client(Installation::kAnna, {"login"});
  INFO(signed_in.err);
  CHECK(signed_in.status == 0);
  CHECK(moved->journal_count("login", "1001", "accepted") == 1);
}

/// Two installations want one new name, one on each side, while nothing comes through between them.
void new_name_on_both_sides(std::size_t nats_servers) {
  const auto line = line_for_cluster();
  if (!line) return;
  SplitCluster cluster(*line, {.nats_servers = nats_servers});
  constexpr const char* kNew = "new.example.com";
  Installation::Options options;
  options.system_name = kNew;
  options.await_tunnel = false;
  const auto near = cluster->another_pbx(options);
  const auto far = cluster.far_pbx(kNew);

  cluster.cut();
  // The far side was first; but it has no log of names.
  far->start_agent();
  REQUIRE(eventually([&] { return error_of(*far) == "tunnel.try-again-later"; }));
  near->start_agent();
  REQUIRE(near->registered());
  CHECK(error_of(*far) == "tunnel.try-again-later");
  const Json::Value owner = cluster->listed(kNodeB, kNew)["identity"];
  REQUIRE(owner.isString());
  CHECK(cluster->listed(kFar, kNew).isNull());

  cluster.heal();
  measured("healed, and the other side knows who has the name after", time_until([&] {
             return cluster->listed(kFar, kNew)["identity"] == owner &&
                    error_of(*far) == "tunnel.name-taken";
           }));
  for (std::size_t node = 0; node < Cluster::kNodes; ++node)
    CHECK(cluster->listed(node, kNew)["identity"] == owner);
  CHECK(cluster.only_at(kNodeB, kNew));
  CHECK(near->status()["tunnel"]["state"] == "connected");
}

TEST_CASE("a new name goes to the side of a partition that has the log of names") {
  new_name_on_both_sides(1);
}

TEST_CASE("a new name goes to the side of a partition that has most of the nats-servers") {
  new_name_on_both_sides(3);
}

TEST_CASE("a line between nodes that loses and delays breaks no session and moves no agent") {
  const auto line = line_for_cluster();
  if (!line) return;
  SplitCluster cluster(*line, {.nats_servers = 3});
  cluster->for_agents().prefer({kNodeB, kNodeA});
  cluster->start_agent();
  cluster.let_clients_dial_far();
  const auto there = cluster->enter(kFar);
  Callers callers(cluster->pbx(), kUsers);
  REQUIRE(callers.go_on());

  line->set({.delay = milliseconds(80), .loss = 10});
  REQUIRE(callers.go_on(20));
  REQUIRE(callers.go_on(20));
  const Callers::Seen seen = callers.seen();
  measured("10 % lost, 80 ms: the longest call", seen.longest_call);
  measured("10 % lost, 80 ms: the longest absence of a session", seen.longest_interruption);
  CHECK(line->tally().lost > 0);
  CHECK(cluster.all_heard());
  CHECK(seen.sessions_lost == 0);
  CHECK(cluster->listed(kNodeA)["node"] == "b");

  settles("the line lost and delayed", cluster, kNodeB);
  for (std::size_t node = 0; node < Cluster::kNodes; ++node)
    CHECK_FALSE(contains(cluster->node(node).err(), "[tunnel.replaced]"));
  CHECK(cluster->pbx().status()["tunnel"]["state"] == "connected");
  CHECK(callers.go_on());
  CHECK(callers.compare(cluster->pbx()) == kNothing);
}

/// Agent and clients are with the far node, and what one side sends does not arrive.
void one_way_only(Line::Side unheard) {
  const auto line = line_for_cluster();
  if (!line) return;
  SplitCluster cluster(*line, {.nats_servers = 1});
  cluster->for_agents().prefer({kFar, kNodeB, kNodeA});
  cluster->for_clients().prefer({kFar, kNodeA, kNodeB});
  cluster->start_agent();
  const auto callers = callers_near(cluster);
  REQUIRE(callers->go_on());

  line->set({.cut_from = unheard});
  CHECK(back_after("one way only", *callers) < seconds(15));
  CHECK(cluster->listed(kNodeA)["node"] == "b");
  settles("it went one way only", cluster, kNodeB);
  CHECK(callers->go_on());
  CHECK(callers->compare(cluster->pbx()) == kNothing);
}

TEST_CASE("agent and clients leave a node that hears and is not heard") {
  one_way_only(SplitCluster::kFarSide);
}

TEST_CASE("agent and clients leave a node that is heard and does not hear") {
  one_way_only(SplitCluster::kNearSide);
}

}  // namespace
}  // namespace sfteams::faults
