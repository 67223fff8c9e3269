#include "connector/cluster/members.h"

#include <cstdlib>

#include <catch2/catch.hpp>

#include "tests/connector/cluster/cluster_stage.h"
#include "tests/contains.h"
#include "tests/log_lines.h"
#include "tests/seed.h"

namespace sfteams::connector {
namespace {

using test::ClusterNode;
using test::ClusterStage;
using test::kSecond;

struct MemberNode : ClusterNode {
  MemberNode(ClusterStage& the_stage, const std::string& id, std::uint8_t boot = 1)
      : ClusterNode(the_stage, id, boot),
        members(std::make_unique<Members>(
            context, Members::Callbacks{.describe = [this] { return described; },
                                        .back = [this] { ++backs; }})) {}
  BeatWord described{.url = {}, .version = "1.2.3", .agents = 10, .clients = 20, .draining = false};
  int backs = 0;
  std::unique_ptr<Members> members;
};

struct MembersFixture {
  ClusterStage stage;
  MemberNode alice{stage, "alice"};
  MemberNode bob{stage, "bob"};

  void wait(transport::Duration time) { stage.scheduler.advance(time); }
};

TEST_CASE("nodes know each other by their beats") {
  MembersFixture fixture;
  fixture.wait(kSecond * 7);
  const auto members = fixture.alice.members->list();
  REQUIRE(members.size() == 1);
  CHECK(members[0].node == "bob");
  CHECK(members[0].boot == BootId{1});
  CHECK(members[0].beat.url == "wss://bob:8444");
  CHECK(members[0].beat.version == "1.2.3");
  CHECK(members[0].beat.agents == 10);
  CHECK(members[0].beat.clients == 20);
  CHECK(members[0].beat.uptime == 6);
  CHECK_FALSE(members[0].beat.draining);
  CHECK_FALSE(members[0].silent);
  CHECK_FALSE(members[0].twice);
  fixture.bob.described.draining = true;
  fixture.bob.members->beat_now();
  fixture.wait(kSecond / 10);
  CHECK(fixture.alice.members->find("bob")->beat.draining);
  for (const bus::Message& message : fixture.stage.broker.log)
    sfteams::test::keep_seed("bus", message.body);
}

TEST_CASE("a node that is silent is shown for an hour, and found no more") {
  MembersFixture fixture;
  fixture.wait(kSecond);
  fixture.bob.members.reset();
  fixture.wait(kSecond * 8);
  CHECK(fixture.alice.members->find("bob"));
  fixture.wait(kSecond * 2);
  CHECK_FALSE(fixture.alice.members->find("bob"));
  REQUIRE(fixture.alice.members->list().size() == 1);
  CHECK(fixture.alice.members->list()[0].silent);
  fixture.wait(kSecond * 3'600);
  CHECK(fixture.alice.members->list().empty());
}

TEST_CASE("a node that comes back after a gap may have missed words, one that starts has not") {
  MembersFixture fixture;
  fixture.wait(kSecond * 20);
  CHECK(fixture.alice.backs == 0);
  fixture.stage.broker.part(fixture.alice.bus, fixture.bob.bus);
  fixture.wait(kSecond * 8);
  fixture.stage.broker.join(fixture.alice.bus, fixture.bob.bus);
  fixture.wait(kSecond * 3);
  CHECK(fixture.alice.backs == 1);
  CHECK(fixture.bob.backs == 1);
  MemberNode carol(fixture.stage, "carol");
  fixture.wait(kSecond * 3);
  CHECK(fixture.alice.backs == 1);
  CHECK(carol.backs == 2);  // it is new, and what the others said before it has not heard
}

TEST_CASE("a node beats at once when its bus comes up") {
  MembersFixture fixture;
  fixture.bob.bus.set_up(false);
  fixture.wait(kSecond * 21);
  CHECK_FALSE(fixture.alice.members->find("bob"));
  fixture.bob.bus.set_up(true);
  fixture.wait(kSecond / 10);
  CHECK(fixture.alice.members->find("bob"));
}

TEST_CASE("a node that is started again is the same node, and no error") {
  MembersFixture fixture;
  const sfteams::test::LogLines log;
  fixture.wait(kSecond * 9);
  fixture.bob.members.reset();
  const MemberNode again(fixture.stage, "bob", 2);
  fixture.wait(kSecond * 60);
  const auto member = fixture.alice.members->find("bob");
  REQUIRE(member);
  CHECK(member->boot == BootId{2});
  CHECK_FALSE(member->twice);
  CHECK_FALSE(again.members->own_id_twice());
  CHECK(log.lines.empty());
}

TEST_CASE("two processes with one node id are an error that is shown once on each node") {
  MembersFixture fixture;
  const sfteams::test::LogLines log;
  fixture.wait(kSecond * 9);
  auto again = std::make_unique<MemberNode>(fixture.stage, "bob", 2);
  fixture.wait(kSecond * 60);
  CHECK(fixture.alice.members->find("bob")->twice);
  CHECK(fixture.alice.members->find("bob")->boot == BootId{2});
  CHECK(fixture.bob.members->own_id_twice());
  CHECK(again->members->own_id_twice());
  CHECK_FALSE(fixture.alice.members->own_id_twice());
  REQUIRE(log.lines.size() == 3);
  for (const std::string& line : log.lines) {
    CHECK(
        contains(line, "error [connector.node-id-twice] two connectors run with the node id bob"));
  }
  // The second one is stopped: the first is heard as the node again, without an error.
  again.reset();
  fixture.wait(kSecond * 30);
  CHECK(fixture.alice.members->find("bob")->boot == BootId{1});
  CHECK_FALSE(fixture.alice.members->find("bob")->twice);
  CHECK_FALSE(fixture.bob.members->own_id_twice());
  CHECK(log.lines.size() == 3);
}

TEST_CASE("beats of before a restart that are played again do not look like a second process") {
  MembersFixture fixture;
  const sfteams::test::LogLines log(log::Level::error);
  fixture.wait(kSecond * 9);
  fixture.bob.members.reset();
  const auto recorded = fixture.stage.broker.log;
  const MemberNode again(fixture.stage, "bob", 2);
  fixture.wait(kSecond * 5);
  for (const bus::Message& message : recorded)
    fixture.stage.broker.publish_as_stranger(message);
  fixture.wait(kSecond);
  CHECK_FALSE(again.members->own_id_twice());
  CHECK_FALSE(fixture.alice.members->find("bob")->twice);
  CHECK(log.lines.empty());
}

TEST_CASE("a clock that differs by more than five seconds is a warning, once") {
  MembersFixture fixture;
  const sfteams::test::LogLines log;
  fixture.bob.ahead_ms = GENERATE(6'200, -6'200);
  fixture.wait(kSecond * 20);
  const auto expected = fixture.bob.ahead_ms;
  CHECK(std::abs(fixture.alice.members->find("bob")->ahead_ms - expected) < 100);
  REQUIRE(log.lines.size() == 2);  // each sees the other's
  CHECK(contains(log.lines[0], "warn [connector.node-clock-differs] the clock of node "));
  fixture.bob.ahead_ms = 0;
  fixture.wait(kSecond * 20);
  CHECK(log.lines.size() == 2);
}

TEST_CASE("fields that a later version adds to a beat are ignored, what is malformed is dropped") {
  MembersFixture fixture;
  ClusterNode later(fixture.stage, "later");
  auto& context = later.context;
  const std::string subject = context.subjects.beat();
  bus::Bytes payload = pack(BeatWord{"wss://later", "9.0.0", 1, 2, false, 3});
  payload.insert(payload.end(), {1, 2, 3, 4});
  context.bus.publish(subject, context.maker.make(subject, WordKind::beat, payload));
  const bus::Bytes short_one(payload.begin(), payload.begin() + 10);
  ClusterNode broken(fixture.stage, "broken");
  auto& other = broken.context;
  other.bus.publish(subject, other.maker.make(subject, WordKind::beat, short_one));
  other.bus.publish(subject, other.maker.make(subject, static_cast<WordKind>(99), payload));
  fixture.wait(kSecond);
  CHECK(fixture.alice.members->find("later")->beat.version == "9.0.0");
  CHECK_FALSE(fixture.alice.members->find("broken"));
}

TEST_CASE("the members are bounded: silent ones make room, others stay") {
  MembersFixture fixture;
  fixture.wait(kSecond);
  const auto beat = [&](std::size_t number) {
    const NodeIdentity identity{"node-" + std::to_string(number), {1}, ""};
    WordMaker maker(fixture.stage.keys, identity, fixture.bob.context.unix_ms);
    const std::string subject = fixture.bob.context.subjects.beat();
    const bus::Bytes payload = pack(BeatWord{"wss://x", "1", 0, 0, false, 0});
    fixture.bob.bus.publish(subject, maker.make(subject, WordKind::beat, payload));
  };
  for (std::size_t number = 0; number < Members::kMost + 20; ++number)
    beat(number);
  fixture.wait(kSecond);
  CHECK(fixture.alice.members->list().size() == Members::kMost);
  CHECK(fixture.alice.members->find("bob"));
  CHECK_FALSE(fixture.alice.members->find("node-1010"));
  fixture.wait(kSecond * 10);
  beat(2'000);
  fixture.wait(kSecond);
  CHECK(fixture.alice.members->find("node-2000"));
  CHECK(fixture.alice.members->list().size() == Members::kMost);
}

}  // namespace
}  // namespace sfteams::connector
