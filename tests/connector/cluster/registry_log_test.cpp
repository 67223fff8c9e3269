#include "connector/cluster/registry_log.h"

#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "base/log/log.h"
#include "connector/cluster/codes.h"
#include "connector/cluster/log_entry.h"
#include "connector/registry/codes.h"
#include "tests/connector/cluster/log_nodes.h"

namespace sfteams::connector {
namespace {

using test::LogNode;
using test::LogStage;
using test::TwoNodes;
using Phase = RegistryLogState::Phase;
using Pin = RegistryLog::Pin;

const crypto::Ed25519PublicKey kAnna{1};
const crypto::Ed25519PublicKey kBen{2};
const std::string kName = "pbx.example.com";

std::string subject_of(const std::string& end, const std::string& name = kName) {
  return "sft1.t.reg." + test::log_keys().hash_of(name) + "." + end;
}

template <typename T>
T value_of(const std::shared_ptr<LogNode::Answer<T>>& answer) {
  REQUIRE(answer->result);
  INFO((*answer->result ? std::string() : describe(answer->result->error())));
  REQUIRE(*answer->result);
  CHECK(answer->times == 1);
  return **answer->result;
}

template <typename T>
Error error_of(const std::shared_ptr<LogNode::Answer<T>>& answer) {
  REQUIRE(answer->result);
  REQUIRE_FALSE(*answer->result);
  CHECK(answer->times == 1);
  return answer->result->error();
}

TEST_CASE("a name that is pinned at one node is known at the other within moments") {
  TwoNodes nodes;
  REQUIRE(nodes.one.phase() == Phase::in_step);
  const auto pinned = nodes.one.pin(kName, kAnna);
  CHECK_FALSE(pinned->result);
  nodes.pass(100);
  CHECK(value_of(pinned) == Pin::pinned);
  CHECK(nodes.one.owner(kName) == kAnna);
  CHECK(nodes.other.owner(kName) == kAnna);
  CHECK(nodes.other.changed == std::vector{kName});
  CHECK(nodes.other.noted == 0);
  CHECK(nodes.other.log->state().entries == 1);
  CHECK(nodes.other.log->state().last_sequence == 1);
  const auto late = nodes.other.pin(kName, kBen);
  nodes.pass(100);
  CHECK(value_of(late) == Pin::taken);
}

TEST_CASE("two nodes that want one name for two identities agree a thousand times who has it") {
  TwoNodes nodes;
  int first = 0;
  for (int round = 0; round < 1'000; ++round) {
    const std::string name = "pbx" + std::to_string(round) + ".example.com";
    const auto one = nodes.one.pin(name, kAnna);
    if (round % 3 == 0) nodes.pass(1);
    const auto other = nodes.other.pin(name, kBen);
    nodes.pass(20);
    const bool one_won = value_of(one) == Pin::pinned;
    const bool other_won = value_of(other) == Pin::pinned;
    CHECK(one_won != other_won);
    if (one_won) ++first;
    const auto& winner = one_won ? kAnna : kBen;
    CHECK(nodes.one.owner(name) == winner);
    CHECK(nodes.other.owner(name) == winner);
  }
  CHECK(nodes.names.size() == 1'000);
  CHECK(first > 0);
  CHECK(nodes.one.log->state().contradictions.empty());
}

/// A sealed entry of the first generation, as another node writes it.
LogReplica::Stored sealed_entry(LogEntry::Kind kind) {
  LogEntry entry;
  entry.kind = kind;
  entry.name = kName;
  entry.generation = 1;
  return LogSeal(test::log_keys(), "t").seal(entry).value();
}

TEST_CASE("what is written while another node forgets the name does not count") {
  TwoNodes nodes;
  const auto enrolled = nodes.one.enroll(kName);
  nodes.pass(100);
  REQUIRE(value_of(enrolled));
  // This node hears of it before it knows that its own entry stands.
  const auto forgotten = sealed_entry(LogEntry::Kind::forgotten);
  nodes.names.lost_acks = 1;
  SECTION("a pin: nobody owns the name, so nobody hears that he does") {
    const auto pinned = nodes.one.pin(kName, kAnna);
    nodes.names.put(forgotten.subject, forgotten.value);
    nodes.one.bus.publish(forgotten.subject, {});  // a hint to look
    nodes.pass(10'000);
    CHECK_FALSE(nodes.one.owner(kName));
    CHECK(error_of(pinned).code == codes::kRegistryLogAway);
    const auto again = nodes.one.pin(kName, kAnna);
    nodes.pass(100);
    CHECK(value_of(again) == Pin::pinned);
    CHECK(nodes.other.owner(kName) == kAnna);
  }
  SECTION("disabling: there is nothing to disable any more") {
    const auto disabled = nodes.one.disable(kName, "unpaid");
    nodes.names.put(forgotten.subject, forgotten.value);
    nodes.pass(10'000);
    CHECK_FALSE(value_of(disabled));
  }
}

TEST_CASE(
    "a name is got free from a stranger's entry, also when he has written a thousand others") {
  TwoNodes nodes;
  const bool flooded = GENERATE(false, true);
  CAPTURE(flooded);
  for (int n = 0; flooded && n < 1'000; ++n)
    nodes.names.put(subject_of("1.p", "x" + std::to_string(n)), {1});
  nodes.names.put(subject_of("1.p"), {1, 2, 3});
  nodes.pass(30'000);
  const auto pinned = nodes.one.pin(kName, kAnna);
  nodes.pass(5'000);
  CHECK(error_of(pinned).code == codes::kRegistryLogForeign);
  const auto forgotten = nodes.one.forget(kName);
  nodes.pass(5'000);
  CHECK(value_of(forgotten));
}

TEST_CASE(
    "a name is got free from a stranger's entry at a node that has not met it since its start") {
  TwoNodes nodes;
  for (int n = 0; n < 1'001; ++n)
    nodes.names.put(n == 0 ? subject_of("1.p") : subject_of("1.p", "x" + std::to_string(n)), {1});
  nodes.pass(30'000);
  const auto forgotten = nodes.other.forget(kName);
  nodes.pass(5'000);
  CHECK(value_of(forgotten));
  const auto pinned = nodes.one.pin(kName, kAnna);
  nodes.pass(5'000);
  CHECK(value_of(pinned) == Pin::pinned);
}

TEST_CASE("a name that nobody has ever had cannot be forgotten") {
  TwoNodes nodes;
  const auto forgotten = nodes.one.forget(kName);
  nodes.pass(5'000);
  CHECK_FALSE(value_of(forgotten));
}

TEST_CASE("a pin whose answer was lost is found again") {
  TwoNodes nodes;
  nodes.names.lost_acks = 1;
  const auto pinned = nodes.one.pin(kName, kAnna);
  nodes.pass(5'000);
  CHECK(value_of(pinned) == Pin::pinned);
  SECTION("also by another node") {
    const auto again = nodes.other.pin(kName, kAnna);
    nodes.pass(100);
    CHECK(value_of(again) == Pin::pinned);
  }
  CHECK(nodes.names.size() == 1);
}

TEST_CASE("an answer that somebody made up pins nothing") {
  TwoNodes nodes;
  bus::test::FakeBus stranger(nodes.broker);
  const auto forging = stranger.subscribe("sft1.t.reg.>", [&](const bus::Message& message) {
    const std::string forged = R"({"stream":"sft1-t-names","seq":7})";
    if (!message.reply_to.empty())
      stranger.publish(message.reply_to, {forged.begin(), forged.end()});
  });
  nodes.names.put(subject_of("1.p"), {1, 2, 3});
  const auto pinned = nodes.one.pin(kName, kAnna);
  nodes.pass(5'000);
  CHECK(error_of(pinned).code == codes::kRegistryLogForeign);
  CHECK_FALSE(nodes.one.owner(kName));
}

TEST_CASE("while the bus or the leader is away new names wait, and known ones do not") {
  TwoNodes nodes;
  const auto known = nodes.one.pin(kName, kAnna);
  nodes.pass(100);
  REQUIRE(value_of(known) == Pin::pinned);
  SECTION("the bus is down") {
    nodes.one.bus.set_up(false);
    nodes.pass(10);
    CHECK(nodes.one.phase() == Phase::bus_down);
    const auto pinned = nodes.one.pin("new.example.com", kAnna);
    const auto changed = nodes.one.enroll("new.example.com");
    const auto again = nodes.one.pin(kName, kAnna);
    nodes.pass(10);
    CHECK(error_of(pinned).code == codes::kRegistryLogAway);
    CHECK(error_of(pinned).code.exit == Exit::temp_failure);
    CHECK(error_of(changed).code == codes::kRegistryLogAway);
    CHECK(value_of(again) == Pin::pinned);
    nodes.one.bus.set_up(true);
  }
  SECTION("the leader is lost at the moment of the pin") {
    nodes.names.leader = false;
    const auto pinned = nodes.one.pin("new.example.com", kAnna);
    nodes.pass(20'000);
    CHECK(error_of(pinned).code == codes::kRegistryLogAway);
    CHECK(nodes.one.phase() == Phase::bus_down);
    CHECK(nodes.names.size() == 1);
    nodes.names.leader = true;
  }
  nodes.pass(7'000);
  CHECK(nodes.one.phase() == Phase::in_step);
  const auto pinned = nodes.one.pin("new.example.com", kAnna);
  nodes.pass(100);
  CHECK(value_of(pinned) == Pin::pinned);
}

TEST_CASE("without streams nothing new is taken, until they are made") {
  LogStage stage;
  stage.names.exists = false;
  LogNode node(stage);
  node.start();
  stage.pass(1'000);
  CHECK(node.phase() == Phase::no_stream);
  const auto pinned = node.pin(kName, kAnna);
  stage.pass(10);
  CHECK(error_of(pinned).code == codes::kRegistryLogAway);
  stage.names.exists = true;
  stage.pass(4'000);
  CHECK(node.phase() == Phase::settling);
  stage.pass(10'000);
  CHECK(node.phase() == Phase::in_step);
}

TEST_CASE("what an operator does at one node holds at all, and each logs it once") {
  TwoNodes nodes;
  const auto enrolled = nodes.one.enroll(kName, "anna");
  nodes.pass(100);
  CHECK(value_of(enrolled));
  CHECK(nodes.other.registry->ownership(kName).value()->enrolled);
  const auto again = nodes.other.enroll(kName, "ben");
  nodes.pass(100);
  CHECK_FALSE(value_of(again));
  const auto disabled = nodes.other.disable(kName, "unpaid");
  nodes.pass(100);
  CHECK(value_of(disabled));
  CHECK(nodes.one.registry->ownership(kName).value()->disabled->reason == "unpaid");
  const auto same = nodes.one.disable(kName, "unpaid");
  const auto unknown = nodes.one.disable("other.example.com", "unpaid");
  nodes.pass(100);
  CHECK_FALSE(value_of(same));
  CHECK_FALSE(value_of(unknown));
  const auto enabled = nodes.one.enable(kName);
  nodes.pass(100);
  CHECK(value_of(enabled));
  const auto forgotten = nodes.other.forget(kName);
  nodes.pass(100);
  CHECK(value_of(forgotten));
  const auto gone = nodes.one.forget(kName);
  nodes.pass(100);
  CHECK_FALSE(value_of(gone));
  for (LogNode* const node : {&nodes.one, &nodes.other}) {
    CHECK_FALSE(node->registry->ownership(kName).value());
    const auto notes = node->registry->notes(0).value();
    REQUIRE(notes.size() == 4);
    CHECK(notes[0].action == "enrolled");
    CHECK(notes[0].who == "anna");
    CHECK(notes[0].at == nodes.now);
    CHECK(notes[1].action == "disabled");
    CHECK(notes[1].reason == "unpaid");
    CHECK(notes[2].action == "enabled");
    CHECK(notes[3].action == "forgotten");
    CHECK(node->noted == 4);
  }
}

TEST_CASE("a forgotten name is pinned again in the next generation, by anybody") {
  TwoNodes nodes;
  for (int generation = 1; generation <= 3; ++generation) {
    const auto pinned = nodes.one.pin(kName, generation % 2 == 1 ? kAnna : kBen);
    nodes.pass(100);
    CHECK(value_of(pinned) == Pin::pinned);
    const auto forgotten = nodes.other.forget(kName);
    nodes.pass(100);
    CHECK(value_of(forgotten));
  }
  CHECK(nodes.names.at(subject_of("3.p")));
  CHECK(nodes.names.at(subject_of("3.f")));
  CHECK_FALSE(nodes.one.owner(kName));
  CHECK(nodes.one.replica->generation(kName).value() == 4);
}

TEST_CASE("nodes that disable and enable one name at once agree in the end") {
  TwoNodes nodes;
  const auto enrolled = nodes.one.enroll(kName);
  nodes.pass(100);
  REQUIRE(value_of(enrolled));
  const auto one = nodes.one.disable(kName, "one");
  const auto other = nodes.other.disable(kName, "other");
  nodes.pass(500);
  CHECK(value_of(one));
  CHECK(value_of(other));
  CHECK(nodes.names.at(subject_of("1.s2")));
  const auto first = nodes.one.registry->ownership(kName).value()->disabled->reason;
  CHECK(nodes.other.registry->ownership(kName).value()->disabled->reason == first);
  // Both enable: one has done it, the other found it done.
  const auto enabled = nodes.one.enable(kName);
  const auto enabled_too = nodes.other.enable(kName);
  nodes.pass(500);
  CHECK(value_of(enabled) != value_of(enabled_too));
  CHECK_FALSE(nodes.names.at(subject_of("1.s4")));
}

TEST_CASE("a node that was away for long catches up before it takes new names") {
  TwoNodes nodes;
  nodes.other.stop();
  for (int number = 0; number < 300; ++number) {
    const auto pinned = nodes.one.pin("pbx" + std::to_string(number) + ".example.com", kAnna);
    nodes.pass(10);
    REQUIRE(value_of(pinned) == Pin::pinned);
  }
  const auto forgotten = nodes.one.forget("pbx7.example.com");
  nodes.pass(100);
  REQUIRE(value_of(forgotten));
  nodes.other.start();
  nodes.pass(4);
  CHECK(nodes.other.phase() == Phase::catching_up);
  const auto early = nodes.other.pin("new.example.com", kAnna);
  nodes.pass(5);
  CHECK(error_of(early).code == codes::kRegistryLogAway);
  CHECK(nodes.other.log->state().behind > 0);
  nodes.pass(1'000);
  CHECK(nodes.other.phase() == Phase::in_step);
  CHECK(nodes.other.registry->size().value() == 299);
  CHECK_FALSE(nodes.other.owner("pbx7.example.com"));
}

TEST_CASE("rubbish in the log is counted and skipped, and cannot keep a name for ever") {
  TwoNodes nodes;
  nodes.broker.publish_as_stranger({subject_of("1.p"), "", {1, 2, 3}});
  nodes.broker.publish_as_stranger({"sft1.t.reg.x", "", {}});
  nodes.broker.publish_as_stranger({"sft1.t.keys.x", "", {7}});
  // An entry of another place.
  const auto enrolled = nodes.one.enroll("real.example.com");
  nodes.pass(100);
  REQUIRE(value_of(enrolled));
  nodes.names.put(subject_of("1.e"), *nodes.names.at(subject_of("1.e", "real.example.com")));
  nodes.pass(4'000);
  CHECK(nodes.other.log->state().foreign == 4);
  CHECK(nodes.other.phase() == Phase::in_step);
  CHECK(nodes.other.registry->size().value() == 1);
  const auto refused = nodes.one.pin(kName, kAnna);
  nodes.pass(100);
  CHECK(error_of(refused).code == codes::kRegistryLogForeign);
  const auto forgotten = nodes.one.forget(kName);
  nodes.pass(100);
  CHECK(value_of(forgotten));
  const auto pinned = nodes.other.pin(kName, kAnna);
  nodes.pass(100);
  CHECK(value_of(pinned) == Pin::pinned);
}

TEST_CASE(
    "what the disk does not take is not pinned for the agent, and is found when there is room") {
  TwoNodes nodes;
  Database blocker = std::move(Database::open(nodes.one.file, transport::Duration(10)).value());
  std::optional<Result<Transaction>> writing;
  writing.emplace(Transaction::begin(blocker));
  REQUIRE(*writing);
  const auto pinned = nodes.one.pin(kName, kAnna);
  nodes.pass(5);
  CHECK(error_of(pinned).code == codes::kRegistryBusy);
  CHECK_FALSE(nodes.one.owner(kName));
  std::vector<std::string> lines;
  log::start(log::Level::info, log::Format::text);
  log::observe([&](log::Level, std::string_view, std::string_view line) {
    if (line.find("connector.registry-busy") != std::string_view::npos ||
        line.find("can be kept here again") != std::string_view::npos)
      lines.emplace_back(line);
  });
  nodes.pass(20'000);
  CHECK(nodes.one.phase() == Phase::disk);
  // Not at each look.
  CHECK(lines.size() == 1);
  writing.reset();
  nodes.pass(4'000);
  CHECK(lines.size() == 2);
  log::observe(nullptr);
  CHECK(nodes.one.phase() == Phase::in_step);
  CHECK(nodes.one.owner(kName) == kAnna);
}

TEST_CASE("a node with another log secret takes nothing of the log") {
  TwoNodes nodes;
  const auto pinned = nodes.one.pin(kName, kAnna);
  nodes.pass(100);
  REQUIRE(value_of(pinned) == Pin::pinned);
  const ClusterKeys foreign =
      ClusterKeys::parse("log-secret = " + std::string(64, '3') + "\nkey = " + std::string(64, '2'),
                         "test")
          .value();
  LogNode third(nodes);
  third.start(foreign);
  nodes.pass(15'000);
  CHECK(third.log->state().foreign == 1);
  CHECK(third.registry->size().value() == 0);
  third.stop();
}

}  // namespace
}  // namespace sfteams::connector
