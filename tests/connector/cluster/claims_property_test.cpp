#include <algorithm>
#include <array>
#include <random>

#include <catch2/catch.hpp>

#include "tests/connector/cluster/cluster_stage.h"

namespace sfteams::connector {
namespace {

using test::ClusterStage;
using test::DirectoryNode;

constexpr transport::Duration kCalm{5'000};
constexpr int kStormNames = 3;

std::string name_of(int number) {
  return "pbx-" + std::to_string(number);
}

/// Several nodes on a bus that loses, delays, doubles and parts, with clocks that jump.
struct Storm {
  explicit Storm(unsigned seed) : random(seed) {
    for (const char* const id : {"alice", "bob", "carol", "dave"})
      nodes.push_back(std::make_unique<DirectoryNode>(stage, id));
    stage.broker.fate = [this](const auto&, const auto&, const bus::Message&) {
      stage.broker.delay = transport::Duration(below(10) == 0 ? below(3'000) : 1 + below(100));
      const int dice = below(10);
      return dice < 3 ? 0 : dice < 5 ? 2 : 1;
    };
  }

  int below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(random); }
  DirectoryNode& any_node() { return *nodes[static_cast<std::size_t>(below(4))]; }

  void step() {
    DirectoryNode& node = any_node();
    DirectoryNode& other = any_node();
    switch (below(8)) {
      case 0:
      case 1:
      case 2:
        hold_with_wrong_clock(node, name_of(below(kStormNames)));
        break;
      case 3:
        node.directory.let_go(name_of(below(kStormNames)));
        break;
      case 4:
        stage.broker.part(node.bus, other.bus);
        break;
      case 5:
        stage.broker.join(node.bus, other.bus);
        break;
      case 6:
        node.bus.set_up(!node.bus.up());
        break;
      default:
        node.ahead_ms = below(20'000) - 10'000;
    }
    stage.scheduler.advance(transport::Duration(below(4) == 0 ? below(8'000) : below(200)));
  }

  /// At its registration the clock is hours off, now and then; words are said with a better one.
  void hold_with_wrong_clock(DirectoryNode& node, const std::string& name) {
    const std::int64_t ahead = node.ahead_ms;
    if (below(3) == 0) node.ahead_ms += (below(7) - 3) * std::int64_t{3'600'000};
    node.directory.hold(name);
    node.ahead_ms = ahead;
  }

  void calm_down() {
    stage.broker.fate = nullptr;
    stage.broker.delay = transport::Duration(1);
    for (const auto& one : nodes) {
      one->bus.set_up(true);
      for (const auto& other : nodes)
        stage.broker.join(one->bus, other->bus);
    }
    stage.scheduler.advance(kCalm);
  }

  [[nodiscard]] std::vector<DirectoryNode*> holders(const std::string& name) {
    std::vector<DirectoryNode*> result;
    for (const auto& node : nodes)
      if (node->directory.holds(name)) result.push_back(node.get());
    return result;
  }

  ClusterStage stage;
  std::mt19937 random;
  std::vector<std::unique_ptr<DirectoryNode>> nodes;
};

TEST_CASE("after five seconds of calm at most one node holds a name, whatever the bus did") {
  std::size_t held = 0;
  for (unsigned seed = 1; seed <= 150; ++seed) {
    Storm storm(seed);
    for (int step = 0; step < 40; ++step)
      storm.step();
    storm.calm_down();
    for (int number = 0; number < kStormNames; ++number) {
      INFO("seed " << seed << ", " << name_of(number));
      const auto holders = storm.holders(name_of(number));
      CHECK(holders.size() <= 1);
      if (holders.empty()) continue;
      ++held;
      // And everybody finds it there.
      for (const auto& node : storm.nodes)
        CHECK(node->find(name_of(number))->place.node == holders[0]->context.identity.id);
    }
  }
  // Not because nobody holds anything any more.
  CHECK(held > 100);
}

TEST_CASE("an agent that moves to another node in calm has its newest link there") {
  for (unsigned seed = 1; seed <= 50; ++seed) {
    Storm storm(seed);
    storm.calm_down();
    DirectoryNode* newest = nullptr;
    for (int move = 0; move < 10; ++move) {
      newest = &storm.any_node();
      storm.hold_with_wrong_clock(*newest, name_of(0));
      newest->lost.clear();
      storm.stage.scheduler.advance(transport::Duration(10'000));
      INFO("seed " << seed << ", move " << move);
      if (!newest->lost.empty()) {
        // Its clock was behind, and it rose to just what another has. The agent comes again.
        CHECK(newest->lost[0].second == Why::tie);
        newest->directory.hold(name_of(0));
        storm.stage.scheduler.advance(transport::Duration(10'000));
      }
      const auto holders = storm.holders(name_of(0));
      REQUIRE(holders.size() == 1);
      CHECK(holders[0] == newest);
    }
  }
}

}  // namespace
}  // namespace sfteams::connector
