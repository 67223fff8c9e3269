#include "agent/guard/wrong_passwords.h"

#include <catch2/catch.hpp>

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;
using transport::TimePoint;

constexpr TimePoint kStart{};
constexpr auto kFirst = 600s;

WrongPasswords::Fingerprint print(std::uint8_t which) {
  return {which};
}

TEST_CASE("a password is unknown until the PBX has refused it, and others stay unknown") {
  WrongPasswords wrong;
  CHECK_FALSE(wrong.refused_for(print(1), kStart));
  wrong.remember(print(1), kStart, kFirst);
  CHECK(wrong.refused_for(print(1), kStart) == kFirst);
  CHECK(wrong.refused_for(print(1), kStart + 599s) == 1s);
  CHECK_FALSE(wrong.refused_for(print(1), kStart + kFirst));
  CHECK_FALSE(wrong.refused_for(print(2), kStart));
}

TEST_CASE("a wrong password is remembered twice as long each time, up to a day") {
  WrongPasswords wrong;
  TimePoint now = kStart;
  for (const auto memory :
       {600s, 1'200s, 2'400s, 4'800s, 9'600s, 19'200s, 38'400s, 76'800s, 86'400s, 86'400s}) {
    // Whatever a first one would get.
    wrong.remember(print(1), now, now == kStart ? kFirst : 20s);
    CHECK(wrong.refused_for(print(1), now) == memory);
    now += memory;
    CHECK_FALSE(wrong.refused_for(print(1), now));
  }
}

TEST_CASE("a password that was not refused again for as long starts afresh") {
  WrongPasswords wrong;
  wrong.remember(print(1), kStart, kFirst);
  const bool looked_at = GENERATE(false, true);
  SECTION("just before, it does not") {
    const TimePoint before = kStart + 2 * kFirst - 1ms;
    if (looked_at) CHECK_FALSE(wrong.refused_for(print(1), before));
    wrong.remember(print(1), before, kFirst);
    CHECK(wrong.refused_for(print(1), before) == 2 * kFirst);
  }
  SECTION("then it does, whether anybody asked for it or not") {
    const TimePoint then = kStart + 2 * kFirst;
    if (looked_at) CHECK_FALSE(wrong.refused_for(print(1), then));
    wrong.remember(print(1), then, kFirst);
    CHECK(wrong.refused_for(print(1), then) == kFirst);
  }
}

TEST_CASE(
    "a password that has become right is no longer remembered, nor counts as refused before") {
  WrongPasswords wrong;
  wrong.remember(print(1), kStart, kFirst);
  wrong.remember(print(2), kStart, kFirst);
  SECTION("that one only") {
    wrong.forget(print(1));
    CHECK(wrong.refused_for(print(2), kStart));
  }
  SECTION("with all others") {
    wrong.forget_all();
    CHECK_FALSE(wrong.refused_for(print(2), kStart));
  }
  CHECK_FALSE(wrong.refused_for(print(1), kStart));
  wrong.remember(print(1), kStart, kFirst);
  CHECK(wrong.refused_for(print(1), kStart) == kFirst);
}

TEST_CASE("the memory of wrong passwords is bounded: the one that ends first is forgotten") {
  WrongPasswords wrong({.remembered = 2});
  wrong.remember(print(1), kStart, 600s);
  wrong.remember(print(2), kStart, 20s);
  wrong.remember(print(3), kStart + 1s, 600s);
  CHECK(wrong.refused_for(print(1), kStart + 1s));
  CHECK_FALSE(wrong.refused_for(print(2), kStart + 1s));
  CHECK(wrong.refused_for(print(3), kStart + 1s));
}

}  // namespace
}  // namespace sfteams::agent
