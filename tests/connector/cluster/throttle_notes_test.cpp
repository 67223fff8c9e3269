#include "connector/cluster/throttle_notes.h"

#include <algorithm>

#include <catch2/catch.hpp>

#include "tests/connector/cluster/cluster_stage.h"
#include "tests/seed.h"

namespace sfteams::connector {
namespace {

using test::ClusterNode;
using test::ClusterStage;
using test::kSoon;

constexpr transport::Duration kKeep{600'000};
const bus::Bytes kSender{192, 0, 2, 7};
const bus::Bytes kOther{192, 0, 2, 8};

struct NotesFixture {
  ClusterStage stage;
  ClusterNode alice{stage, "alice"};
  ClusterNode bob{stage, "bob"};
  ThrottleNotes alices{alice.context, kKeep};
  ThrottleNotes bobs{bob.context, kKeep};
};

TEST_CASE("a sender that one node slows down is noted at the others, for a while") {
  NotesFixture fixture;
  fixture.alices.tell(kSender);
  fixture.stage.scheduler.advance(kSoon);
  CHECK(fixture.bobs.is_noted(kSender));
  CHECK_FALSE(fixture.bobs.is_noted(kOther));
  CHECK_FALSE(fixture.alices.is_noted(kSender));
  fixture.stage.scheduler.advance(kKeep - kSoon);
  CHECK(fixture.bobs.is_noted(kSender));
  fixture.stage.scheduler.advance(kSoon);
  CHECK_FALSE(fixture.bobs.is_noted(kSender));
}

TEST_CASE("the address of a sender is not on the bus, and one address is told now and then") {
  NotesFixture fixture;
  for (int time = 0; time < 100; ++time)
    fixture.alices.tell(kSender);
  REQUIRE(fixture.stage.broker.log.size() == 1);
  const bus::Bytes& body = fixture.stage.broker.log[0].body;
  sfteams::test::keep_seed("bus", body);
  CHECK(std::search(body.begin(), body.end(), kSender.begin(), kSender.end()) == body.end());
  fixture.stage.scheduler.advance(kKeep / 2);
  fixture.alices.tell(kSender);
  CHECK(fixture.stage.broker.log.size() == 2);
}

TEST_CASE("a sender that could not be told is told the next time") {
  NotesFixture fixture;
  fixture.alice.bus.set_up(false);
  fixture.alices.tell(kSender);
  fixture.alice.bus.set_up(true);
  fixture.alices.tell(kSender);
  fixture.stage.scheduler.advance(kSoon);
  CHECK(fixture.bobs.is_noted(kSender));
}

TEST_CASE("notes are bounded in number and pace") {
  NotesFixture fixture;
  const auto sender = [](std::size_t number) {
    return bus::Bytes{10, static_cast<std::uint8_t>(number >> 16U),
                      static_cast<std::uint8_t>(number >> 8U), static_cast<std::uint8_t>(number)};
  };
  for (std::size_t number = 0; number < 1'000; ++number)
    fixture.alices.tell(sender(number));
  CHECK(fixture.stage.broker.log.size() == ThrottleNotes::kPerSecond);
  for (std::size_t number = 0; number < ThrottleNotes::kMost + 100; ++number) {
    if (number % ThrottleNotes::kPerSecond == 0)
      fixture.stage.scheduler.advance(transport::Duration(1'000));
    fixture.alices.tell(sender(number + 5'000));
  }
  fixture.stage.scheduler.advance(kSoon);
  CHECK(fixture.bobs.noted() == ThrottleNotes::kMost);
}

TEST_CASE("a stranger on the bus cannot note a sender") {
  NotesFixture fixture;
  const ClusterKeys foreign = test::keys_of('9');
  WordMaker stranger(foreign, fixture.alice.context.identity, fixture.alice.context.unix_ms);
  const std::string subject = fixture.alice.context.subjects.throttle();
  fixture.stage.broker.publish_as_stranger(
      {subject, "", stranger.make(subject, WordKind::throttled, HashBytes{1})});
  fixture.stage.scheduler.advance(kSoon);
  CHECK(fixture.bobs.noted() == 0);
}

}  // namespace
}  // namespace sfteams::connector
