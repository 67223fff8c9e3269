#include "tests/integration/cluster.h"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "tests/integration/callers.h"

// Several connectors that act as one, with everything real: nats-servers, nodes, an agent with the
// stand-in PBX, and clients that call all the time.

namespace sfteams::integration {
namespace {

/// For who compares runs; what is asserted is far more generous than what these say on a machine
/// that has time.
void measured(const std::string& what, std::chrono::milliseconds time) {
  std::cout << fmt::format("{}: {} ms\n", what, time.count()) << std::flush;
}

/// How long it took until `happened`; fails when that never came.
std::chrono::milliseconds time_until(const std::function<bool()>& happened) {
  const auto begin = std::chrono::steady_clock::now();
  REQUIRE(eventually(happened));
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               begin);
}

constexpr const char* kPbx = "pbx.example.com";
/// What a machine may be slower that does other things, too.
constexpr double kSlack = 4;
const std::vector<Installation::User> kUsers{Installation::kAnna, Installation::kBen};
const std::vector<std::string> kNothing;

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

/// Nothing else is answered in a turn of a loop.
void check_turns(const Cluster& cluster) {
  for (std::size_t node = 0; node < Cluster::kNodes; ++node) {
    const double longest = cluster.metric(node, "loop_turn_longest_seconds");
    std::cout << fmt::format("the longest turn of node {}: {:.1f} ms\n", Cluster::id(node),
                             longest * 1'000);
    CHECK(longest < 0.05 * kSlack);
  }
}

std::size_t times_told(const ChildProcess& process, const std::string& what) {
  const std::string log = process.err();
  std::size_t times = 0;
  for (std::size_t at = log.find(what); at != std::string::npos; at = log.find(what, at + 1))
    ++times;
  return times;
}

/// Somebody with the nodes' password at NATS and without their key, who says for two seconds, as
/// fast as a script does, everything again that he hears, and rubbish on each kind of subject.
class Nuisance {
 public:
  explicit Nuisance(const Cluster& cluster)
      : loop_(transport::Loop::create().value()), bus_(cluster.user_of_nats(*loop_)) {
    const auto heard = bus_->subscribe(prefix() + ">", [this](const bus::Message& message) {
      if (kept_.size() < kMost && message.body.size() != kRubbish) kept_.push_back(message);
    });
    const auto over = loop_->after(transport::Duration(2'500), [this] { loop_->stop(); });
    speak();
    loop_->run();
  }

  /// Messages of nodes that were said again.
  [[nodiscard]] std::size_t repeated() const { return repeated_; }

 private:
  static constexpr std::size_t kMost = 100;
  static constexpr std::size_t kRubbish = 201;
  static std::string prefix() { return std::string("sft1.") + Cluster::kName + "."; }

  void speak() {
    const std::string hash(32, 'a');
    for (int time = 0; time < 20; ++time) {
      for (const std::string& subject :
           {prefix() + "beat", prefix() + "t", prefix() + "n.a", prefix() + "a." + hash,
            prefix() + "reg." + hash + ".1.p", prefix() + "keys." + hash})
        bus_->publish(subject, bus::Bytes(kRubbish, static_cast<std::uint8_t>(time)));
    }
    for (const bus::Message& message : kept_)
      if (bus_->publish(message.subject, message.body)) ++repeated_;
    again_ = loop_->after(transport::Duration(50), [this] { speak(); });
  }

  std::unique_ptr<transport::Loop> loop_;
  std::unique_ptr<bus::NatsBus> bus_;
  std::unique_ptr<transport::Timer> again_;
  std::vector<bus::Message> kept_;
  std::size_t repeated_ = 0;
};

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

TEST_CASE("a cluster goes on without NATS, and takes new names when it is back") {
  const bool killed = GENERATE(true, false);
  Cluster cluster;
  cluster.start_agent();
  Callers callers(cluster.pbx(), kUsers);
  REQUIRE(callers.go_on());
  Installation::Options other;
  other.system_name = "new.example.com";
  other.await_tunnel = false;
  const auto another = cluster.another_pbx(other);
  for (std::size_t node = 0; node < Cluster::kNodes; ++node)
    static_cast<void>(cluster.metric(node, "loop_turn_longest_seconds"));
  auto& nats = cluster.nats()[0];
  killed ? nats.kill() : nats.freeze();

  // What runs goes on, and a known agent comes back.
  REQUIRE(callers.go_on());
  const auto before = callers.seen().interruptions;
  CHECK(before == 0);
  cluster.pbx().agent().signal(SIGKILL);
  REQUIRE(cluster.pbx().agent().wait());
  cluster.pbx().start_agent();
  CHECK(eventually([&] { return callers.go_on(); }));
  another->start_agent();
  REQUIRE(eventually(
      [&] { return another->status()["tunnel"]["error"]["code"] == "tunnel.try-again-later"; }));

  killed ? nats.start_and_wait() : nats.thaw();
  const auto known = time_until([&] { return another->registered(); });
  measured(
      std::string("NATS was ") + (killed ? "killed" : "frozen") + ": the new name is there after",
      known);
  CHECK(known < 20s);
  check_turns(cluster);
}

TEST_CASE("names come back from the nodes when NATS has lost all that it had") {
  Cluster cluster;
  cluster.start_agent();
  Callers callers(cluster.pbx(), kUsers);
  REQUIRE(callers.go_on());
  const std::string owner = cluster.listed(0)["identity"].asString();
  REQUIRE_FALSE(owner.empty());
  // A node that has lost its memory, too, learns them from the log that was written again.
  cluster.node(2).signal(SIGKILL);
  REQUIRE(cluster.node(2).wait());
  for (const char* const file :
       {"registry.sqlite3", "registry.sqlite3-wal", "registry.sqlite3-shm"})
    std::filesystem::remove(cluster.directory(2) / file);
  cluster.wipe_nats();
  cluster.start_node(2);
  measured("a node without a memory knows the name again after",
           time_until([&] { return cluster.listed(2)["identity"] == owner; }));
  CHECK(callers.go_on());
  CHECK(callers.seen().interruptions == 0);

  // Somebody else with the same name, at that node.
  cluster.for_agents().prefer({2, 0, 1});
  Installation::Options options;
  options.await_tunnel = false;
  const auto thief = cluster.another_pbx(options);
  thief->start_agent();
  REQUIRE(eventually(
      [&] { return thief->status()["tunnel"]["error"]["code"] == "tunnel.name-taken"; }));
  for (std::size_t node = 0; node < Cluster::kNodes; ++node)
    CHECK(cluster.listed(node)["identity"] == owner);
  CHECK(callers.compare(cluster.pbx()) == kNothing);
}

TEST_CASE("a node with another cluster key is not heard and not let in") {
  Cluster cluster;
  cluster.start_agent();
  cluster.node(2).signal(SIGTERM);
  REQUIRE(cluster.node(2).wait() == 0);
  // The log secret stays: it can read the log, as one whose rotation was forgotten.
  const std::filesystem::path other = cluster.pbx().file("other.key");
  cluster.make_key(other);
  const std::string first = read_file(cluster.key_file());
  std::string text = read_file(other);
  const auto secret = [](const std::string& file) {
    const std::size_t at = file.find("log-secret");
    return file.substr(at, file.find('\n', at) - at);
  };
  text.replace(text.find("log-secret"), secret(text).size(), secret(first));
  write_file(other, text);
  cluster.set_key_file(2, other);
  cluster.start_node(2);

  REQUIRE(
      eventually([&] { return contains(cluster.node(0).err(), "connector.bus-word-dropped"); }));
  // It finds nobody, and clients that come to it are not told that their key is wrong.
  CHECK(cluster.listed(2)["state"] == "pinned");
  CHECK(cluster.listed(2)["node"].isNull());
  cluster.for_clients().prefer({2, 0, 1});
  const Finished waits = cluster.pbx().client(Installation::kAnna, {"login"});
  CHECK(waits.status != 0);
  CHECK(contains(waits.err, "tunnel.pbx-offline"));
  cluster.for_clients().prefer({0, 1, 2});
  CHECK(cluster.pbx().client(Installation::kAnna, {"login"}).status == 0);
  CHECK(cluster.listed(0)["node"] == "b");
  CHECK(times_told(cluster.node(0), "connector.bus-word-dropped") == 1);
}

TEST_CASE("what a user of NATS without the cluster's key says changes nothing") {
  Cluster cluster;
  cluster.start_agent();
  Callers callers(cluster.pbx(), kUsers);
  REQUIRE(callers.go_on());
  for (std::size_t node = 0; node < Cluster::kNodes; ++node)
    static_cast<void>(cluster.metric(node, "loop_turn_longest_seconds"));
  const Nuisance nuisance(cluster);
  CHECK(nuisance.repeated() > 0);
  CHECK(callers.go_on());
  CHECK(cluster.all_see_agent_at(1));
  check_turns(cluster);
  // Not more than once a minute for each reason: malformed, stale, replayed, of another key.
  for (std::size_t node = 0; node < Cluster::kNodes; ++node) {
    CHECK(times_told(cluster.node(node), "connector.bus-word-dropped") >= 1);
    CHECK(times_told(cluster.node(node), "connector.bus-word-dropped") <= 4);
  }
  CHECK(callers.seen().interruptions == 0);
  CHECK(callers.compare(cluster.pbx()) == kNothing);
}

TEST_CASE("new names come in when one of three nats-servers has died") {
  Cluster cluster({.nats_servers = 3, .node_settings = {}, .registration = "open"});
  cluster.start_agent();
  Callers callers(cluster.pbx(), kUsers);
  REQUIRE(callers.go_on());
  bus::test::NatsServer* leader = nullptr;
  REQUIRE(eventually([&] { return (leader = cluster.nats().leader()) != nullptr; }));
  leader->kill();
  Installation::Options options;
  options.system_name = "new.example.com";
  options.await_tunnel = false;
  const auto another = cluster.another_pbx(options);
  another->start_agent();
  measured("the leader of JetStream is killed: a new name is there after",
           time_until([&] { return another->registered(); }));
  CHECK(callers.go_on());
  CHECK(callers.seen().interruptions == 0);
  CHECK(callers.compare(cluster.pbx()) == kNothing);
}

}  // namespace
}  // namespace sfteams::integration
