#include <catch2/catch.hpp>

#include "tests/connector/cluster/cluster_stage.h"

namespace sfteams::connector {
namespace {

using test::ClusterStage;
using test::DirectoryNode;
using test::kName;
using test::kSoon;
using Outcome = Finding::Outcome;

struct LookupFixture {
  ClusterStage stage;
  DirectoryNode alice{stage, "alice"};
  DirectoryNode bob{stage, "bob"};
  const std::string subject = alice.context.subjects.name(stage.keys.hash_of(kName));

  /// How often a name was asked for.
  [[nodiscard]] std::size_t asked() const {
    std::size_t number = 0;
    for (const bus::Message& message : stage.broker.log) {
      if (const auto word = parse_word(message.body); word && word->kind == WordKind::find)
        ++number;
    }
    return number;
  }
};

TEST_CASE("a lookup finds the node that has the agent") {
  LookupFixture fixture;
  const Epoch epoch = fixture.bob.directory.hold(kName);
  const auto found = fixture.alice.find(kName, kSoon);
  REQUIRE(found);
  CHECK(found->outcome == Outcome::found);
  CHECK(found->place == Place{"bob", {1}, "wss://bob:8444", epoch});
  CHECK_FALSE(found->remembered);
}

TEST_CASE("a lookup for a name that nobody has says so at once") {
  LookupFixture fixture;
  CHECK(fixture.alice.find(kName, kSoon)->outcome == Outcome::nobody);
  fixture.bob.directory.hold(kName);
  fixture.bob.directory.let_go(kName);
  CHECK(fixture.alice.find(kName, kSoon)->outcome == Outcome::nobody);
}

TEST_CASE("a lookup for a name that is held here finds this node, without the bus") {
  LookupFixture fixture;
  const Epoch epoch = fixture.alice.directory.hold(kName);
  CHECK(fixture.alice.find(kName, kSoon)->place == Place{"alice", {1}, "wss://alice:8444", epoch});
  CHECK(fixture.asked() == 0);
}

TEST_CASE("a lookup without an answer is asked once more, and then it is not known") {
  LookupFixture fixture;
  fixture.bob.directory.hold(kName);
  int losses = GENERATE(1, 2);
  const bool ends = losses == 2;
  fixture.stage.broker.fate = [&](const auto& from, const auto&, const bus::Message&) {
    return &from == &fixture.alice.bus && losses-- > 0 ? 0 : 1;
  };
  CHECK_FALSE(fixture.alice.find(kName, Directory::kDeadline - kSoon));
  CHECK(fixture.asked() == 1);
  fixture.stage.broker.log.clear();
  losses = ends ? 2 : 1;
  const auto found = fixture.alice.find(kName, Directory::kDeadline * 2);
  REQUIRE(found);
  CHECK(fixture.asked() == 2);
  CHECK(found->outcome == (ends ? Outcome::unknown : Outcome::found));
}

TEST_CASE("a lookup that went is not finished") {
  LookupFixture fixture;
  fixture.bob.directory.hold(kName);
  bool called = false;
  auto lookup = fixture.alice.directory.find(kName, [&](const Finding&) { called = true; });
  lookup.reset();
  lookup = fixture.bob.directory.find(kName, [&](const Finding&) { called = true; });
  lookup.reset();
  fixture.stage.scheduler.advance(Directory::kDeadline * 3);
  CHECK_FALSE(called);
}

TEST_CASE("a lookup may go while its end is reported, and comes in a later turn") {
  LookupFixture fixture;
  fixture.bob.bus.set_up(GENERATE(true, false));
  std::unique_ptr<bus::Handle> lookup;
  int called = 0;
  lookup = fixture.bob.directory.find(kName, [&](const Finding&) {
    lookup.reset();
    ++called;
  });
  CHECK(called == 0);
  fixture.stage.scheduler.advance(Directory::kDeadline * 3);
  CHECK(called == 1);
}

TEST_CASE("a remembered place is used while the bus is down only") {
  LookupFixture fixture;
  const Epoch epoch = fixture.bob.directory.hold(kName);
  REQUIRE(fixture.alice.find(kName, kSoon)->outcome == Outcome::found);
  fixture.alice.bus.set_up(false);
  const auto found = fixture.alice.find(kName, kSoon);
  CHECK(found->outcome == Outcome::found);
  CHECK(found->remembered);
  CHECK(found->place == Place{"bob", {1}, "wss://bob:8444", epoch});
  CHECK(fixture.alice.find("other.example.com", kSoon)->outcome == Outcome::unknown);
  SECTION("until it proves wrong") {
    fixture.alice.directory.forget_place(kName);
    CHECK(fixture.alice.find(kName, kSoon)->outcome == Outcome::unknown);
  }
  SECTION("until the bus is up and nobody has it") {
    fixture.bob.directory.let_go(kName);
    fixture.alice.bus.set_up(true);
    CHECK(fixture.alice.find(kName, kSoon)->outcome == Outcome::nobody);
    fixture.alice.bus.set_up(false);
    CHECK(fixture.alice.find(kName, kSoon)->outcome == Outcome::unknown);
  }
}

TEST_CASE("an epoch that a lookup found is risen above") {
  LookupFixture fixture;
  fixture.bob.ahead_ms = 20'000;
  const Epoch epoch = fixture.bob.directory.hold(kName);
  REQUIRE(fixture.alice.find(kName, kSoon)->outcome == Outcome::found);
  fixture.alice.directory.forget_place(kName);
  CHECK(fixture.alice.directory.hold(kName) == epoch + 1);
}

TEST_CASE("the places that are remembered are bounded, the least used go") {
  KnownPlaces known;
  for (std::size_t number = 0; number < KnownPlaces::kMost + 5; ++number) {
    known.set_place("pbx-" + std::to_string(number), {"bob", {}, "wss://bob", number + 1});
    (void)known.place("pbx-0");
  }
  CHECK(known.size() == KnownPlaces::kMost);
  CHECK(known.place("pbx-0"));
  CHECK_FALSE(known.place("pbx-1"));
  CHECK(known.highest("pbx-1") == 0);
}

TEST_CASE("a stranger on the bus cannot answer a lookup") {
  LookupFixture fixture;
  bus::test::FakeBus stranger(fixture.stage.broker);
  const ClusterKeys foreign = test::keys_of('9');
  const NodeIdentity bob{"bob", {1}, "wss://evil"};
  WordMaker forger(foreign, bob, fixture.bob.context.unix_ms);
  int answers = 0;
  bus::Bytes recorded;
  const auto subscription = stranger.subscribe("sft1.test.a.*", [&](const bus::Message& message) {
    const auto question = parse_word(message.body);
    if (!question || question->kind != WordKind::find) return;
    const bus::Bytes payload = pack(PlaceWord{kEpochEnd - 1, "wss://evil"});
    const std::vector<bus::Bytes> lies{
        forger.answer(message.subject, *question, WordKind::place, payload),
        {},
        {1, 1, 1},
        recorded};
    stranger.publish(message.reply_to, lies[static_cast<std::size_t>(answers++) % lies.size()]);
  });
  for (int time = 0; time < 4; ++time)
    CHECK(fixture.alice.find(kName)->outcome == Outcome::unknown);
  CHECK(answers == 8);
  // An answer that was good once is not good for the next question.
  fixture.stage.broker.part(fixture.alice.bus, stranger);
  fixture.bob.directory.hold(kName);
  REQUIRE(fixture.alice.find(kName, kSoon)->outcome == Outcome::found);
  recorded = fixture.stage.broker.log.back().body;
  fixture.bob.directory.let_go(kName);
  fixture.stage.broker.join(fixture.alice.bus, stranger);
  answers = 3;
  const auto dropped = fixture.alice.context.reader.dropped().wrong_mac;
  CHECK(fixture.alice.find(kName)->outcome == Outcome::unknown);
  CHECK(fixture.alice.context.reader.dropped().wrong_mac == dropped + 2);
}

}  // namespace
}  // namespace sfteams::connector
