#include "agent/guard/scouts.h"

#include <vector>

#include <catch2/catch.hpp>

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;
using transport::TimePoint;
using Duration = transport::Duration;

struct Fixture {
  Scouts scouts;
  TimePoint now = TimePoint() + 24h;

  Fixture() { REQUIRE(scouts.suspect(now)); }
  /// Asks the PBX without a token for so long; each scout that may go is turned away at once.
  /// Returns the pauses before the scouts.
  std::vector<std::int64_t> ask_for(Duration time, bool usual) {
    std::vector<std::int64_t> pauses;
    TimePoint last = now;
    const TimePoint end = now + time;
    for (now += Scouts::kFirstPause; now < end; now += scouts.pause()) {
      scouts.note_asked(now);
      if (!scouts.note_answer(usual, now)) continue;
      pauses.push_back((now - last) / 1s);
      last = now;
      REQUIRE(scouts.may_go());
      REQUIRE(scouts.send(now));
      REQUIRE_FALSE(scouts.may_go());
      scouts.scout_ended();
    }
    return pauses;
  }
};

TEST_CASE("while the PBX is not suspected every token may go, and none is a scout") {
  Scouts scouts;
  CHECK_FALSE(scouts.suspicious());
  CHECK(scouts.may_go());
  CHECK_FALSE(scouts.send({}));
  CHECK(scouts.may_go());
  CHECK_FALSE(scouts.note_served());
  CHECK_FALSE(scouts.note_answer(true, TimePoint() + 24h));
}

TEST_CASE_METHOD(Fixture, "while the PBX is suspected one token goes at a time") {
  CHECK_FALSE(scouts.suspect(now));
  CHECK_FALSE(scouts.may_go());
  now += Scouts::kFirstPause;
  CHECK(scouts.note_answer(true, now));
  CHECK(scouts.may_go());
  CHECK(scouts.send(now));
  CHECK_FALSE(scouts.may_go());
  now += 1h;
  CHECK_FALSE(scouts.note_answer(true, now));
  scouts.scout_ended();
  CHECK_FALSE(scouts.may_go());
  CHECK(scouts.note_answer(true, now));
  CHECK(scouts.may_go());
}

// docs/uci.md: after 1, 2, 4, 8, 24 … 150 s.
TEST_CASE_METHOD(Fixture, "scouts go with growing pauses while nobody is answered as usual") {
  const auto pauses = ask_for(30min, true);
  REQUIRE(pauses.size() > 8);
  CHECK(std::vector(pauses.begin(), pauses.begin() + 3) == std::vector<std::int64_t>{1, 2, 4});
  for (std::size_t i = 1; i < pauses.size(); ++i)
    CHECK(pauses[i] + 60 >= pauses[i - 1]);
  for (std::size_t i = 6; i < pauses.size(); ++i) {
    CHECK(pauses[i] >= Scouts::kScoutPause / 1s);
    CHECK(pauses[i] <= (Scouts::kScoutPause + Scouts::kLongWait) / 1s);
  }
}

TEST_CASE_METHOD(Fixture, "while nobody is answered otherwise than usual one goes every minute") {
  const auto pauses = ask_for(30min, false);
  CHECK(pauses.size() >= 15);
  for (const std::int64_t pause : pauses) {
    CHECK(pause >= Scouts::kScoutOtherwise / 1s);
    CHECK(pause <= (Scouts::kScoutOtherwise + Scouts::kLongWait) / 1s);
  }
  // At once when it is as usual again.
  CHECK(scouts.note_answer(true, now));
}

TEST_CASE_METHOD(Fixture, "the PBX is asked after a fourth of the time, a minute at most") {
  std::vector<std::int64_t> pauses;
  now += Scouts::kFirstPause;
  for (int i = 0; i < 40; ++i) {
    scouts.note_asked(now);
    pauses.push_back(scouts.pause() / 1s);
    now += scouts.pause();
  }
  CHECK(std::vector(pauses.begin(), pauses.begin() + 4) == std::vector<std::int64_t>{2, 4, 5, 5});
  CHECK(std::is_sorted(pauses.begin(), pauses.end()));
  CHECK(pauses.back() == 60);
}

TEST_CASE("while nobody waits the PBX is asked more and more seldom") {
  Scouts scouts;
  TimePoint now = TimePoint() + 24h;
  scouts.begin_to_ask();
  for (const auto pause : {10s, 20s, 40s, 80s, 160s, 320s, 600s, 600s}) {
    scouts.note_asked(now);
    CHECK(scouts.pause() == pause);
    now += scouts.pause();
  }
}

TEST_CASE_METHOD(Fixture, "a user who is served ends the suspicion") {
  CHECK(scouts.note_served());
  CHECK_FALSE(scouts.suspicious());
  CHECK(scouts.may_go());
  CHECK(scouts.suspect(now));
  CHECK_FALSE(scouts.may_go());
}

TEST_CASE_METHOD(Fixture,
                 "when nobody waits the suspicion ends, but for one with a time of its own") {
  SECTION("at once") {
    scouts.nobody_waits(now);
    CHECK_FALSE(scouts.suspicious());
  }
  SECTION("not before that time") {
    scouts.keep_up_until(now + 60s);
    scouts.nobody_waits(now + 60s - 1ms);
    CHECK(scouts.suspicious());
    scouts.nobody_waits(now + 60s);
    CHECK_FALSE(scouts.suspicious());
  }
}

}  // namespace
}  // namespace sfteams::agent
