#include "tests/transport/bus/fake_bus.h"

#include <optional>

#include <catch2/catch.hpp>

#include "tests/fake_scheduler.h"

namespace sfteams::bus::test {
namespace {

constexpr transport::Duration kSoon{10};
const Bytes kHello{'h', 'i'};

struct Stage {
  sfteams::test::FakeScheduler scheduler;
  FakeBroker broker{scheduler};
  FakeBus one{broker};
  FakeBus other{broker};
  std::vector<Message> got;
  std::unique_ptr<Handle> subscription =
      other.subscribe("sft1.a.*", [this](const Message& message) { got.push_back(message); });
};

TEST_CASE("the stand-in for a bus tells patterns as the real one does") {
  CHECK(matches("a.b", "a.b"));
  CHECK(matches("a.*", "a.b"));
  CHECK(matches("a.>", "a.b.c"));
  CHECK_FALSE(matches("a.*", "a.b.c"));
  CHECK_FALSE(matches("a.>", "a"));
  CHECK_FALSE(matches("a.b", "a"));
}

TEST_CASE("the stand-in for a bus loses, doubles and keeps apart as it is told") {
  Stage stage;
  CHECK(stage.one.publish("sft1.a.x", kHello));
  stage.scheduler.advance(kSoon);
  CHECK(stage.got.size() == 1);
  stage.broker.fate = [](const FakeBus&, const FakeBus&, const Message&) { return 2; };
  stage.one.publish("sft1.a.x", kHello);
  stage.scheduler.advance(kSoon);
  CHECK(stage.got.size() == 3);
  stage.broker.fate = nullptr;
  stage.broker.part(stage.one, stage.other);
  stage.one.publish("sft1.a.x", kHello);
  stage.scheduler.advance(kSoon);
  CHECK(stage.got.size() == 3);
  stage.broker.join(stage.one, stage.other);
  stage.other.set_up(false);
  stage.one.publish("sft1.a.x", kHello);
  stage.scheduler.advance(kSoon);
  CHECK(stage.got.size() == 3);
}

TEST_CASE("a request at the stand-in ends in one of four ways") {
  Stage stage;
  std::optional<Reply> reply;
  const auto ask = [&](const char* subject) {
    reply.reset();
    const auto handle =
        stage.one.request(subject, kHello, kSoon, [&](Reply came) { reply = std::move(came); });
    stage.scheduler.advance(kSoon * 2);
    REQUIRE(reply);
    return reply->outcome;
  };
  CHECK(ask("sft1.b.x") == Reply::Outcome::nobody);
  CHECK(ask("sft1.a.x") == Reply::Outcome::late);
  stage.subscription = stage.other.subscribe("sft1.a.x", [&](const Message& message) {
    stage.other.publish(message.reply_to, message.body);
  });
  CHECK(ask("sft1.a.x") == Reply::Outcome::answered);
  CHECK(reply->body == kHello);
  stage.one.set_up(false);
  CHECK(ask("sft1.a.x") == Reply::Outcome::down);
}

}  // namespace
}  // namespace sfteams::bus::test
