#include "tests/faults/judge.h"

#include <catch2/catch.hpp>

#include "base/json/json.h"
#include "simulator/journal.h"
#include "tests/fake_scheduler.h"

// The soak's last judgement, beside the books.

namespace sfteams::faults {
namespace {

constexpr const char* kWell =
    R"({"mostWrongTokens":9,"ignoredAddresses":[],"counters":{"ignored":0,"wrongTokens":12}})";

Readings well() {
  Readings readings("agent", {});
  readings.take("process_resident_memory_bytes 1\nloop_turn_longest_seconds 0\n", 0);
  return readings;
}

struct Run {
  Readings readings = well();
  Evidence evidence{json::parse(kWell).value(),
                    10,
                    {&readings},
                    {},
                    {100, 200, 3, {{"page", 1}, {"line cut", 2}}},
                    {100, 200, 3, {"page", "line cut"}}};
};

TEST_CASE("a run that did enough and kept to everything breaks nothing") {
  CHECK(broken_promises(Run().evidence).empty());
}

TEST_CASE("a PBX that has ignored the agent, or comes near to it, is found") {
  const char* state =
      GENERATE(R"({"mostWrongTokens":0,"ignoredAddresses":[],"counters":{"ignored":1}})",
               R"({"mostWrongTokens":0,"ignoredAddresses":["127.0.0.1"],"counters":{"ignored":0}})",
               R"({"mostWrongTokens":10,"ignoredAddresses":[],"counters":{"ignored":0}})");
  Run now;
  now.evidence.pbx = json::parse(state).value();
  CHECK(broken_promises(now.evidence).size() == 1);
}

TEST_CASE("what the PBX does not say is not taken for nothing") {
  const char* state =
      GENERATE("{}", R"({"mostWrongTokens":0,"ignoredAddresses":[],"counters":{}})",
               R"({"mostWrongTokens":0,"ignoredAddresses":[],"counters":{"refusedAddresses":3}})",
               R"({"mostWrongTokens":0,"counters":{"ignored":0}})",
               R"({"ignoredAddresses":[],"counters":{"ignored":0}})");
  Run now;
  now.evidence.pbx = json::parse(state).value();
  CHECK(broken_promises(now.evidence).size() == 1);
}

TEST_CASE("the stand-in says that it has ignored nobody, before it has counted anything") {
  const simulator::Options options;
  sfteams::test::FakeScheduler scheduler;
  simulator::Journal journal(options, scheduler);
  CHECK(journal.counters()["ignored"].isUInt64());
  CHECK(journal.counters()["ignored"].asInt() == 0);
  journal.count("ignored");
  CHECK(journal.counters()["ignored"].asInt() == 1);
}

TEST_CASE("a process beyond its limits, or that tells nothing, is found") {
  Run now;
  now.readings.take("loop_turn_longest_seconds 0.2\n", 0);
  CHECK(broken_promises(now.evidence).empty());
  now.evidence.limits.longest_turn = 0.1;
  CHECK(broken_promises(now.evidence).size() == 1);
  const Readings silent("connector", {});
  now.evidence.readings = {&silent};
  CHECK(broken_promises(now.evidence).size() == 1);
}

TEST_CASE("a run that did too little says nothing, and so fails") {
  Run now;
  SECTION("few events") {
    now.evidence.work.events = 99;
  }
  SECTION("few answers") {
    now.evidence.work.answered = 0;
  }
  SECTION("no large answer") {
    now.evidence.work.large_answers = 0;
  }
  SECTION("a fault that never came") {
    now.evidence.work.faults.erase("page");
  }
  CHECK(broken_promises(now.evidence).size() == 1);
}

TEST_CASE("the least grows with the run, and is never nothing") {
  const Least small = Least::of(0.5, 20, 5);
  CHECK(small.events == 150);
  CHECK(small.answered == 150);
  CHECK(small.large_answers >= 1);
  const Least large = Least::of(10, 200, 16);
  CHECK(large.events == 3'000);
  CHECK(large.answered == 30'000);
  CHECK(large.large_answers > small.large_answers);
}

}  // namespace
}  // namespace sfteams::faults
