#include "connector/registration_slots.h"

#include <map>

#include <catch2/catch.hpp>

namespace sfteams::connector {
namespace {

using namespace std::chrono_literals;
using transport::TimePoint;

const TimePoint kFirst = TimePoint(1'000s);

std::string agent(int number) {
  return "pbx" + std::to_string(number);
}

TEST_CASE("those who come at once book one place after the other") {
  RegistrationSlots slots(50, kFirst);
  for (int i = 0; i < 50; ++i)
    REQUIRE(slots.take_or_book(agent(i), kFirst));
  for (int refused = 1; refused <= 150; ++refused) {
    const std::string who = agent(50 + refused);
    REQUIRE_FALSE(slots.take_or_book(who, kFirst));
    CHECK(slots.when_due(who, kFirst) == 20ms * refused);
  }
  CHECK(slots.booked() == 150);
  CHECK(slots.when_free(kFirst) == 151 * 20ms);
}

TEST_CASE("a herd is back after the time that the rate allows, and nobody is refused twice") {
  constexpr int kHerd = 2'000;
  constexpr unsigned kRate = 400;
  RegistrationSlots slots(kRate, kFirst);
  std::multimap<TimePoint, int> arrivals;
  for (int i = 0; i < kHerd; ++i)
    arrivals.emplace(kFirst + 500ms * i / kHerd, i);
  std::map<int, int> refusals;
  TimePoint last = kFirst;
  int in = 0;
  while (!arrivals.empty()) {
    const auto [now, who] = *arrivals.begin();
    arrivals.erase(arrivals.begin());
    last = now;
    if (slots.take_or_book(agent(who), now)) {
      ++in;
      continue;
    }
    ++refusals[who];
    // As it goes over the wire: whole seconds, rounded up.
    arrivals.emplace(now + std::chrono::ceil<std::chrono::seconds>(slots.when_due(agent(who), now)),
                     who);
  }
  CHECK(in == kHerd);
  CHECK(refusals.size() < kHerd - kRate);
  for (const auto& [who, times] : refusals)
    REQUIRE(times == 1);
  CHECK(last - kFirst <= 5'500ms);
  CHECK(slots.booked() == 0);
}

TEST_CASE("who comes before its slot keeps it") {
  RegistrationSlots slots(1, kFirst);
  REQUIRE(slots.take_or_book(agent(1), kFirst));
  REQUIRE_FALSE(slots.take_or_book(agent(2), kFirst));
  REQUIRE_FALSE(slots.take_or_book(agent(3), kFirst));
  for (int i = 0; i < 10; ++i)
    CHECK_FALSE(slots.take_or_book(agent(3), kFirst + 1s));
  CHECK(slots.when_due(agent(3), kFirst + 1s) == 1s);
  CHECK(slots.when_free(kFirst + 1s) == 2s);
  CHECK(slots.take_or_book(agent(3), kFirst + 2s));
}

TEST_CASE("a slot holds against everybody who comes in between") {
  RegistrationSlots slots(2, kFirst);
  REQUIRE(slots.take(kFirst));
  REQUIRE(slots.take(kFirst));
  REQUIRE_FALSE(slots.take_or_book(agent(1), kFirst));
  // A stranger books nothing, and gets no place that is booked.
  CHECK_FALSE(slots.take(kFirst));
  CHECK_FALSE(slots.take(kFirst + 500ms));
  CHECK(slots.when_free(kFirst) == 1s);
  CHECK(slots.take(kFirst + 1s));
  CHECK_FALSE(slots.take(kFirst + 1s));
  CHECK(slots.take_or_book(agent(1), kFirst + 1s));
}

TEST_CASE("a slot is kept for a minute for who is late, and then forgotten") {
  RegistrationSlots slots(1, kFirst);
  REQUIRE(slots.take(kFirst));
  REQUIRE_FALSE(slots.take_or_book(agent(1), kFirst));
  SECTION("a minute") {
    REQUIRE(slots.take(kFirst + 61s));
    CHECK(slots.take_or_book(agent(1), kFirst + 61s));
  }
  SECTION("and then forgotten") {
    REQUIRE(slots.take(kFirst + 62s));
    CHECK_FALSE(slots.take_or_book(agent(1), kFirst + 62s));
    CHECK(slots.booked() == 1);
    CHECK(slots.when_due(agent(1), kFirst + 62s) == 1s);
  }
}

TEST_CASE("a quiet hour lets in no more than a second's worth at once") {
  RegistrationSlots slots(3, kFirst);
  for (int i = 0; i < 3; ++i)
    REQUIRE(slots.take_or_book(agent(i), kFirst + 1h));
  CHECK_FALSE(slots.take_or_book(agent(4), kFirst + 1h));
}

}  // namespace
}  // namespace sfteams::connector
