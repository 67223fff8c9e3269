#include "agent/guard/usual_answer.h"

#include <catch2/catch.hpp>

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;
using Nobody = Refusal::Nobody;
using Shape = uci::AnswerShape;
using transport::TimePoint;

constexpr TimePoint kStart = TimePoint() + 24h;
constexpr Shape kUsual{Shape::Rank::rpc, 1};
constexpr Shape kOther{Shape::Rank::web, 2};
constexpr Shape kNone{};

struct Fixture {
  UsualAnswer usual{std::nullopt};
  TimePoint now = kStart;
  std::uint64_t sent = 0;

  bool served() { return usual.note_served(++sent, now); }
  bool answered(const Shape& shape, bool doubtful = false) {
    return usual.note_answer(shape, now, sent, doubtful, now);
  }
  /// A user is served, the PBX is asked and answers at once.
  bool learn(const Shape& shape) {
    static_cast<void>(served());
    REQUIRE(usual.has_question(now));
    return answered(shape);
  }
};

TEST_CASE_METHOD(Fixture, "before anything is learned only no answer and HTTP 5xx are unusual") {
  CHECK_FALSE(usual.learned());
  CHECK(usual.compare(kNone) == Nobody::otherwise);
  CHECK(usual.compare({Shape::Rank::failure, 1}) == Nobody::otherwise);
  CHECK(usual.compare(kUsual) == Nobody::unlearned);
  CHECK(usual.compare(kOther) == Nobody::unlearned);
}

TEST_CASE_METHOD(Fixture, "one answer is likely the usual one") {
  CHECK_FALSE(learn(kUsual));
  CHECK(usual.learned());
  CHECK_FALSE(usual.certain());
  CHECK(usual.compare(kUsual) == Nobody::likely);
  CHECK(usual.compare(kOther) == Nobody::otherwise);
}

TEST_CASE_METHOD(Fixture, "an answer is certain when a later request is served before a restart") {
  static_cast<void>(learn(kUsual));
  SECTION("in time") {
    now += kNoRestart;
    CHECK(served());
    CHECK(usual.certain() == kUsual);
    CHECK(usual.compare(kUsual) == Nobody::usual);
    CHECK(usual.compare(kOther) == Nobody::otherwise);
  }
  SECTION("too late") {
    now += kNoRestart + 1ms;
    CHECK_FALSE(served());
    CHECK_FALSE(usual.certain());
  }
  SECTION("but not by a request that was sent before the answer came") {
    CHECK_FALSE(usual.note_served(sent, now));
    CHECK_FALSE(usual.certain());
  }
}

TEST_CASE_METHOD(Fixture, "an answer is certain when it comes three times in a row") {
  const auto again = [this](const Shape& shape) {
    now += UsualAnswer::kAskSoon;
    return learn(shape);
  };
  CHECK_FALSE(learn(kUsual));
  CHECK_FALSE(again(kUsual));
  SECTION("in a row") {
    CHECK(again(kUsual));
    CHECK(usual.certain() == kUsual);
  }
  SECTION("not with another one between") {
    CHECK_FALSE(again(kOther));
    CHECK_FALSE(again(kUsual));
    CHECK_FALSE(again(kUsual));
    CHECK(again(kUsual));
  }
}

TEST_CASE_METHOD(Fixture, "an answer of a PBX in doubt, or none, teaches nothing") {
  REQUIRE(usual.has_question(now));
  SECTION("in doubt") {
    CHECK_FALSE(answered(kUsual, true));
  }
  SECTION("none") {
    CHECK_FALSE(answered(kNone));
  }
  CHECK_FALSE(usual.learned());
  now += UsualAnswer::kAskSoon;
  CHECK(usual.has_question(now));
}

TEST_CASE_METHOD(Fixture, "there is one question at a time, and a pause between two") {
  CHECK(usual.has_question(now));
  now += 1h;
  CHECK_FALSE(usual.has_question(now));
  static_cast<void>(answered(kUsual));
  CHECK(usual.has_question(now));
  static_cast<void>(answered(kOther));
  now += UsualAnswer::kAskSoon - 1ms;
  CHECK_FALSE(usual.has_question(now));
  now += 1ms;
  CHECK(usual.has_question(now));
}

TEST_CASE_METHOD(Fixture, "what stays certain is asked about twice as seldom each time") {
  static_cast<void>(learn(kUsual));
  CHECK(served());
  for (const auto pause : {60s, 120s, 240s, 480s, 600s, 600s}) {
    CAPTURE(pause.count());
    now += pause - 1ms;
    CHECK_FALSE(usual.has_question(now));
    now += 1ms;
    static_cast<void>(learn(kUsual));
    CHECK_FALSE(served());
  }
  SECTION("at once after the PBX was in trouble") {
    usual.ask_soon();
    CHECK(usual.has_question(now));
  }
  SECTION("until it is another one") {
    now += 600s;
    static_cast<void>(learn(kOther));
    CHECK(usual.compare(kUsual) == Nobody::usual);
    CHECK(served());
    CHECK(usual.certain() == kOther);
    now += 60s;
    CHECK(usual.has_question(now));
  }
}

TEST_CASE("what was certain before a restart of the agent is certain") {
  UsualAnswer usual(kUsual);
  CHECK(usual.learned());
  CHECK(usual.compare(kUsual) == Nobody::usual);
  CHECK(usual.compare(kOther) == Nobody::otherwise);
}

}  // namespace
}  // namespace sfteams::agent
