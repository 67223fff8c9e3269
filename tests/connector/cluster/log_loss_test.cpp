// What happens when the log is lost, in whole or in part, or nodes do not agree with it.

#include <catch2/catch.hpp>

#include "connector/cluster/log_entry.h"
#include "connector/cluster/registry_log.h"
#include "tests/connector/cluster/log_nodes.h"

namespace sfteams::connector {
namespace {

using test::LogNode;
using test::TwoNodes;
using Phase = RegistryLogState::Phase;
using Pin = RegistryLog::Pin;

const crypto::Ed25519PublicKey kAnna{1};
const crypto::Ed25519PublicKey kBen{2};
const std::string kName = "pbx.example.com";

std::string lost_subject(const std::string& end, const std::string& name = kName) {
  return "sft1.t.reg." + test::log_keys().hash_of(name) + "." + end;
}

std::string numbered(int number) {
  return "pbx" + std::to_string(number) + ".example.com";
}

bool pins(LogNode& node, const std::string& name, const crypto::Ed25519PublicKey& identity) {
  const auto answer = node.pin(name, identity);
  node.stage.pass(100);
  return answer->result && *answer->result && **answer->result == Pin::pinned;
}

/// With 100 pinned names, one of them forgotten and one disabled.
struct LossStage : TwoNodes {
  LossStage() {
    for (int number = 0; number < 100; ++number)
      REQUIRE(pins(one, numbered(number), kAnna));
    const auto forgotten = one.forget(numbered(5));
    const auto disabled = one.disable(numbered(6), "unpaid");
    pass(100);
    REQUIRE(**forgotten->result);
    REQUIRE(**disabled->result);
    before = names.subjects();
    std::ranges::sort(before);
  }
  [[nodiscard]] std::vector<std::string> now_there() const {
    std::vector<std::string> all = names.subjects();
    std::ranges::sort(all);
    return all;
  }
  std::vector<std::string> before;
};

TEST_CASE("a log that was wiped comes back from the nodes before new names are taken") {
  LossStage stage;
  const auto value = stage.names.at(lost_subject("1.p", numbered(1)));
  stage.names.wipe();
  // They are told by a look, at the latest.
  stage.pass(3'500);
  CHECK(stage.one.phase() != Phase::in_step);
  CHECK(stage.other.phase() != Phase::in_step);
  CHECK_FALSE(pins(stage.one, "new.example.com", kBen));
  stage.pass(3'000);
  CHECK(stage.now_there() == stage.before);
  CHECK(stage.names.at(lost_subject("1.p", numbered(1))) == value);
  CHECK(stage.one.phase() == Phase::settling);
  stage.pass(12'000);
  CHECK(stage.one.phase() == Phase::in_step);
  CHECK(stage.other.phase() == Phase::in_step);
  CHECK(stage.one.log->state().restored + stage.other.log->state().restored == 102);
  CHECK(stage.one.log->state().contradictions.empty());
  CHECK(pins(stage.one, "new.example.com", kBen));
  // Nothing is noted twice.
  CHECK(stage.other.registry->notes(0).value().size() == 2);
}

TEST_CASE("a log that was wound back gets what it lacks") {
  LossStage stage;
  SECTION("while the nodes run") {
    stage.names.wind_back(40);
  }
  SECTION("and has grown since, while the nodes were away") {
    stage.one.bus.set_up(false);
    stage.other.bus.set_up(false);
    stage.pass(100);
    stage.names.wind_back(40);
    for (int number = 0; number < 100; ++number)
      stage.names.put("sft1.t.reg.rubbish" + std::to_string(number), {1});
    stage.one.bus.set_up(true);
    stage.other.bus.set_up(true);
  }
  SECTION("and has grown since, between two looks of the nodes") {
    const std::uint64_t last = stage.names.last();
    stage.names.wind_back(last - 1);
    SECTION("to the same length") {
      stage.names.put("sft1.t.reg.rubbish", {1});
    }
    SECTION("and has more") {
      for (int number = 0; number < 10; ++number)
        stage.names.put("sft1.t.reg.rubbish" + std::to_string(number), {1});
    }
  }
  stage.pass(6'000);
  CHECK(stage.one.phase() == Phase::settling);
  for (const std::string& subject : stage.before)
    CHECK(stage.names.at(subject));
  stage.pass(12'000);
  CHECK(stage.one.phase() == Phase::in_step);
}

TEST_CASE("a loss in the middle of which the leader goes is made good later") {
  LossStage stage;
  stage.names.wipe();
  int stored = 0;
  stage.names.on_stored = [&](const std::string&) {
    if (++stored == 20) stage.names.leader = false;
  };
  stage.pass(12'000);
  CHECK(stage.one.phase() == Phase::bus_down);
  stage.names.on_stored = nullptr;
  stage.names.leader = true;
  stage.pass(10'000);
  CHECK(stage.now_there() == stage.before);
  stage.pass(12'000);
  CHECK(stage.one.phase() == Phase::in_step);
}

TEST_CASE("a loss that a node has noticed and not made good is made good after its restart") {
  LossStage stage;
  stage.other.stop();
  stage.names.on_stored = [&](const std::string&) { stage.names.leader = false; };
  stage.names.wipe();
  stage.pass(4'000);
  stage.one.stop();
  stage.names.on_stored = nullptr;
  stage.names.leader = true;
  CHECK(stage.names.size() == 1);
  stage.one.start();
  stage.pass(5'000);
  CHECK(stage.now_there() == stage.before);
}

TEST_CASE("a contradiction stays out of the registry and is shown until the name is forgotten") {
  TwoNodes stage;
  REQUIRE(pins(stage.one, kName, kAnna));
  // The other node does not know of it when the log is lost, and gives the name to another identity.
  stage.one.stop();
  stage.other.stop();
  stage.names.wipe();
  LogNode third(stage);
  third.start();
  stage.pass(20'000);
  REQUIRE(pins(third, kName, kBen));
  stage.one.start();
  stage.pass(20'000);
  CHECK(stage.one.owner(kName) == kAnna);
  CHECK(third.owner(kName) == kBen);
  const auto state = stage.one.log->state();
  REQUIRE(state.contradictions.size() == 1);
  CHECK(state.contradictions[0].name == kName);
  CHECK(state.contradictions[0].subject == lost_subject("1.p"));
  CHECK(state.contradictions[0].at == stage.now);
  // The node goes on with everything else, and remembers it.
  CHECK(state.phase == Phase::in_step);
  CHECK(pins(stage.one, "new.example.com", kAnna));
  stage.one.stop();
  stage.one.start();
  stage.pass(15'000);
  CHECK(stage.one.log->state().contradictions.size() == 1);
  const auto forgotten = third.forget(kName);
  stage.pass(200);
  REQUIRE(**forgotten->result);
  CHECK_FALSE(stage.one.owner(kName));
  CHECK(stage.one.log->state().contradictions.empty());
  CHECK(pins(stage.one, kName, kAnna));
  CHECK(third.owner(kName) == kAnna);
  third.stop();
}

TEST_CASE("a name that was given away again in place of what the log lost is a contradiction") {
  TwoNodes stage;
  REQUIRE(pins(stage.one, "first.example.com", kAnna));
  // The log loses the last name, and before anybody looks, one who never heard of it takes it.
  REQUIRE(pins(stage.one, kName, kAnna));
  stage.names.wind_back(stage.names.last() - 1);
  const LogSeal seal(test::log_keys(), "t");
  const auto other = seal.seal({.kind = LogEntry::Kind::pinned, .name = kName, .identity = kBen});
  stage.names.put(other->subject, other->value);
  stage.pass(20'000);
  CHECK(stage.one.owner(kName) == kAnna);
  CHECK(stage.one.phase() == Phase::in_step);
  REQUIRE(stage.one.log->state().contradictions.size() == 1);
  CHECK(stage.one.log->state().contradictions[0].name == kName);
}

TEST_CASE("a stranger who takes the place of an entry after a loss holds up nobody") {
  TwoNodes stage;
  REQUIRE(pins(stage.one, kName, kAnna));
  stage.names.wipe();
  stage.names.put(lost_subject("1.p"), {1, 2, 3});
  stage.pass(20'000);
  CHECK(stage.one.phase() == Phase::in_step);
  CHECK(stage.one.owner(kName) == kAnna);
  CHECK(stage.one.log->state().contradictions.size() == 1);
}

TEST_CASE("a connector that was alone brings its names into the cluster") {
  TwoNodes stage;
  REQUIRE(pins(stage.one, kName, kAnna));
  REQUIRE(pins(stage.one, "same.example.com", kAnna));
  LogNode alone(stage);
  alone.open();
  REQUIRE(alone.registry->pin("mine.example.com", kBen, 1'000).value());
  REQUIRE(alone.registry->pin("same.example.com", kAnna, 1'000).value());
  REQUIRE(alone.registry->pin(kName, kBen, 1'000).value());
  REQUIRE(alone.registry->enroll("enrolled.example.com", {"anna", 1'000}).value());
  REQUIRE(alone.registry->disable("mine.example.com", "unpaid", {"anna", 2'000}).value());
  REQUIRE(alone.registry->drop_notes(100));
  alone.start();
  stage.pass(25'000);
  CHECK(alone.phase() == Phase::in_step);
  CHECK(stage.one.owner("mine.example.com") == kBen);
  CHECK(stage.one.registry->ownership("mine.example.com").value()->disabled->reason == "unpaid");
  CHECK(stage.one.registry->ownership("enrolled.example.com").value()->enrolled);
  CHECK(alone.owner("same.example.com") == kAnna);
  const auto records = alone.registry->list().value();
  CHECK(records.size() == 4);
  for (const NameRecord& record : records)
    if (record.name == "mine.example.com") CHECK(record.first_seen == 1'000);
  // What belongs to somebody else there is shown, and stays.
  CHECK(stage.one.owner(kName) == kAnna);
  CHECK(alone.owner(kName) == kBen);
  REQUIRE(alone.log->state().contradictions.size() == 1);
  CHECK(alone.log->state().contradictions[0].name == kName);
  // Its own operator did that long ago.
  CHECK(alone.registry->notes(0).value().empty());
  alone.stop();
}

}  // namespace
}  // namespace sfteams::connector
