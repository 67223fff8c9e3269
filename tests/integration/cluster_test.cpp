#include "tests/integration/cluster.h"

#include <chrono>
#include <csignal>
#include <iostream>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "tests/integration/callers.h"

// Several connectors that act as one, with everything real: nats-servers, nodes, an agent with the
// stand-in PBX, and clients that call all the time.

namespace sfteams::integration {
namespace {

constexpr const char* kPbx = "pbx.example.com";

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

TEST_CASE("a client at one node of a cluster reaches the agent at another one") {
  Cluster cluster;
  cluster.start_agent();
  const Finished signed_in = cluster.pbx().client(Installation::kAnna, {"login"});
  INFO(signed_in.err);
  REQUIRE(signed_in.status == 0);
  for (std::size_t node = 0; node < Cluster::kNodes; ++node)
    CHECK(cluster.listed(node)["node"] == "b");
  Callers callers(cluster.pbx(), {Installation::kAnna, Installation::kBen});
  CHECK(callers.go_on());
  CHECK(callers.compare(cluster.pbx()).empty());
}

TEST_CASE("sessions go on when the node of their clients is killed") {
  Cluster cluster;
  cluster.start_agent();
  Callers callers(cluster.pbx(), {Installation::kAnna, Installation::kBen});
  REQUIRE(callers.go_on());
  cluster.node(0).signal(SIGKILL);
  measured("the clients' node is killed: all sessions go on after", time_until([&] {
             const Callers::Seen seen = callers.seen();
             return seen.interruptions == 2 && seen.interrupted == 0;
           }));
  REQUIRE(callers.go_on());
  measured("the longest call meanwhile", callers.seen().longest_call);
  CHECK(callers.seen().longest_interruption < 5s);
  CHECK(callers.seen().sessions_lost == 0);
  CHECK(callers.compare(cluster.pbx()).empty());
}

}  // namespace
}  // namespace sfteams::integration
