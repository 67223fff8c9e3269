#include <chrono>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "tests/integration/callers.h"
#include "tests/integration/cluster.h"
#include "tests/integration/measuring.h"

// A cluster of connectors, with everything real, while its NATS dies, freezes, loses what it had, or
// carries what it should not.

namespace sfteams::integration {
namespace {

/// What a machine may be slower that does other things, too.
constexpr double kSlack = 4;

/// Nothing else is answered in a turn of a loop.
void check_turns(const Cluster& cluster, std::chrono::milliseconds machine) {
  measured("the longest stall of the machine", machine);
  for (std::size_t node = 0; node < Cluster::kNodes; ++node) {
    const double longest = cluster.metric(node, "loop_turn_longest_seconds");
    std::cout << fmt::format("the longest turn of node {}: {:.1f} ms\n", Cluster::id(node),
                             longest * 1'000);
    CHECK(longest < 0.05 * kSlack + std::chrono::duration<double>(machine).count());
  }
}

void measure_turns_again(const Cluster& cluster) {
  for (std::size_t node = 0; node < Cluster::kNodes; ++node)
    static_cast<void>(cluster.metric(node, "loop_turn_longest_seconds"));
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

/// Its server dies, or freezes, and comes back.
void go_on_without_nats(bool killed) {
  Cluster cluster;
  cluster.start_agent();
  Callers callers(cluster.pbx(), kUsers);
  REQUIRE(callers.go_on());
  Installation::Options other;
  other.system_name = "new.example.com";
  other.await_tunnel = false;
  const auto another = cluster.another_pbx(other);
  const MachineStalls stalls(cluster.pbx().directory());
  measure_turns_again(cluster);
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

  // Node a has asked for the agent before; now nobody can tell whether it is still there.
  CHECK(cluster.listed(0)["online"].isNull());
  CHECK(cluster.listed(2)["online"].isNull());

  killed ? nats.start_and_wait() : nats.thaw();
  const auto known = time_until([&] { return another->registered(); });
  measured(
      std::string("NATS was ") + (killed ? "killed" : "frozen") + ": the new name is there after",
      known);
  CHECK(known < 20s);
  check_turns(cluster, stalls.longest());
}

TEST_CASE("a cluster goes on without NATS, and takes new names when it is back") {
  go_on_without_nats(true);
}

TEST_CASE("a cluster goes on while NATS is frozen, and takes new names when it is thawed") {
  go_on_without_nats(false);
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
  // Once the balancer has seen that it is there.
  CHECK(eventually([&] {
    const Finished waits = cluster.pbx().client(Installation::kAnna, {"login"});
    return waits.status != 0 && contains(waits.err, "tunnel.pbx-offline");
  }));
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
  const MachineStalls stalls(cluster.pbx().directory());
  measure_turns_again(cluster);
  const Nuisance nuisance(cluster);
  CHECK(nuisance.repeated() > 0);
  CHECK(callers.go_on());
  CHECK(cluster.all_see_agent_at(1));
  check_turns(cluster, stalls.longest());
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
