#include <algorithm>
#include <array>
#include <chrono>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "tests/integration/bare_agent.h"
#include "tests/integration/cluster.h"
#include "tests/integration/measuring.h"
#include "transport/loop.h"
#include "transport/network.h"
#include "tunnel/codes.h"

// Two installations ask two nodes for the same new name in the same moment, many times.

namespace sfteams::integration {
namespace {

using namespace std::chrono_literals;

/// All come from one address here, and half of them are refused.
constexpr const char* kNobodySlowedDown =
    "[throttle]\nfirst-delay = 0\nlongest-delay = 0\n"
    "[limits]\nnew-names-per-minute = 100000\nwaiting-per-address = 2000\n"
    "registrations-per-second = 100000\n";

/// One name, and the two that want it.
struct Race {
  std::string name;
  std::array<std::unique_ptr<BareAgent>, 2> rivals;

  [[nodiscard]] bool over() const {
    return std::ranges::all_of(rivals, [](const auto& each) {
      return each->registered() || each->failed_with(tunnel::codes::kNameTaken);
    });
  }
  /// nullptr unless there is exactly one.
  [[nodiscard]] const BareAgent* winner() const {
    if (rivals[0]->registered() == rivals[1]->registered()) return nullptr;
    return rivals[rivals[0]->registered() ? 0 : 1].get();
  }
};

class Races {
 public:
  explicit Races(Cluster& cluster) : cluster_(cluster) {}

  /// So many at once; false when they are not over in time.
  [[nodiscard]] bool run(std::size_t races) {
    std::vector<Race> running;
    for (std::size_t i = 0; i < races; ++i)
      running.push_back(start());
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (!std::ranges::all_of(running, &Race::over)) {
      if (std::chrono::steady_clock::now() > end) return false;
      const auto turn = loop_->after(10ms, [this] { loop_->stop(); });
      loop_->run();
    }
    for (const Race& race : running) {
      CAPTURE(race.name);
      const BareAgent* const winner = race.winner();
      REQUIRE(winner != nullptr);
      owners_[race.name] = winner->identity();
      firsts_ += winner == race.rivals[0].get() ? 1U : 0U;
    }
    return true;
  }
  /// By name, the identity that was registered.
  [[nodiscard]] const std::map<std::string, std::string>& owners() const { return owners_; }
  /// How many were won by the one who had asked first.
  [[nodiscard]] std::size_t firsts() const { return firsts_; }

 private:
  [[nodiscard]] Race start() {
    Race race{fmt::format("race{}.example.com", next_++), {}};
    for (std::size_t rival = 0; rival < 2; ++rival) {
      // Each pair of nodes, in both orders.
      const std::size_t node = (next_ + rival * (1 + next_ / 3 % 2)) % Cluster::kNodes;
      race.rivals.at(rival) = std::make_unique<BareAgent>(
          *loop_, *network_, "wss://localhost:" + std::to_string(cluster_.port(node)),
          cluster_.pbx().file("ca.pem"), race.name);
    }
    return race;
  }

  Cluster& cluster_;
  std::unique_ptr<transport::Loop> loop_ = transport::Loop::create().value();
  std::unique_ptr<transport::Network> network_ = transport::Network::create(*loop_).value();
  std::map<std::string, std::string> owners_;
  std::size_t firsts_ = 0;
  std::size_t next_ = 0;
};

/// As `list` of this node has it, the names of races only.
std::map<std::string, std::string> owners_at(const Cluster& cluster, std::size_t node) {
  std::map<std::string, std::string> owners;
  for (const Json::Value& entry : cluster.list(node)) {
    const std::string name = entry["name"].asString();
    if (name.starts_with("race")) owners[name] = entry["identity"].asString();
  }
  return owners;
}

TEST_CASE("of two installations one has the name, in each of a thousand races at two nodes") {
  constexpr std::size_t kRaces = 1'000;
  constexpr std::size_t kAtOnce = 50;
  Cluster::Options options;
  options.nats_servers = 3;
  options.node_settings = kNobodySlowedDown;
  Cluster cluster(options);
  Races races(cluster);
  for (std::size_t done = 0; done < kRaces; done += kAtOnce)
    REQUIRE(races.run(kAtOnce));
  std::cout << fmt::format("{} of {} races were won by the one who asked first\n", races.firsts(),
                           kRaces);
  CHECK(races.owners().size() == kRaces);
  CHECK(races.firsts() > 0);
  CHECK(races.firsts() < kRaces);
  // And all nodes remember the same.
  for (std::size_t node = 0; node < Cluster::kNodes; ++node)
    CHECK(eventually([&] { return owners_at(cluster, node) == races.owners(); }));
}

}  // namespace
}  // namespace sfteams::integration
