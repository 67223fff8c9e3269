#include "tests/faults/gauges.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

// The soak's judgement of what the processes say of themselves.

namespace sfteams::faults {
namespace {

std::string told(int held, double turn, double memory = 3'000'000) {
  return fmt::format(
      "# HELP starface_teams_agent_held_bytes Memory\n"
      "# TYPE starface_teams_agent_held_bytes gauge\n"
      "starface_teams_agent_held_bytes {}\n"
      "starface_teams_agent_held_limit_bytes 100\n"
      "starface_teams_agent_loop_turn_longest_seconds {}\n"
      "process_resident_memory_bytes {}\n",
      held, turn, memory);
}

Readings readings() {
  return {"agent", {{"held_bytes", "held_limit_bytes"}}};
}

TEST_CASE("a sample is found by its whole name, whatever its program") {
  CHECK(sample(told(7, 0.5), "held_bytes") == 7);
  CHECK(sample(told(7, 0.5), "loop_turn_longest_seconds") == 0.5);
  CHECK(sample("starface_teams_connector_x 1e3", "x") == 1000);
  CHECK_FALSE(sample(told(7, 0.5), "held"));
  CHECK_FALSE(sample("", "held_bytes"));
}

TEST_CASE("what stays within its limits breaks no promise") {
  Readings kept = readings();
  kept.take(told(100, 0.049), 0);
  kept.take(told(3, 0), 0);
  CHECK(kept.broken_promises({0.05}).empty());
}

TEST_CASE("a gauge beyond its limit, a long turn and silence are found") {
  Readings beyond = readings();
  beyond.take(told(101, 0), 0);
  beyond.take(told(0, 0), 0);
  CHECK(beyond.broken_promises({0.05}).size() == 1);

  Readings slow = readings();
  slow.take(told(0, 5), 0);  // of the start
  slow.take(told(0, 0.051), 0.02);
  slow.take(told(0, 0.001), 0);
  CHECK(slow.broken_promises({0.05}).size() == 1);
  CHECK(slow.broken_promises({}).empty());

  CHECK(readings().broken_promises({}).size() == 1);
  Readings other = readings();
  other.take("something_else 1\n", 0);
  CHECK(other.broken_promises({}).size() == 3);
}

TEST_CASE("memory beyond the first reading, all limits and a margin is found") {
  constexpr double kFirst = 3'000'000;
  constexpr double kMost = kFirst + 100 + Readings::kMemoryMargin;
  Readings kept = readings();
  kept.take(told(0, 0, kFirst), 0);
  kept.take(told(0, 0, kMost), 0);
  CHECK(kept.broken_promises({}).empty());
  kept.take(told(0, 0, kMost + 1'000), 0);
  kept.take(told(0, 0, kFirst), 0);
  CHECK(kept.broken_promises({}).size() == 1);
  CHECK(kept.broken_promises({.memory = false}).empty());
}

}  // namespace
}  // namespace sfteams::faults
