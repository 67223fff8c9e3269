#include "connector/throttle.h"

#include <catch2/catch.hpp>

#include "connector/buffer_budget.h"
#include "connector/pace.h"
#include "connector/paces.h"
#include "connector/waiting_room.h"

using namespace std::chrono_literals;

namespace sfteams::connector {
namespace {

using transport::Duration;
using transport::TimePoint;

const TimePoint kStart{1h};

Address sender(unsigned number) {
  return Address::parse("10.0." + std::to_string(number / 256) + "." + std::to_string(number % 256))
      .value();
}

TEST_CASE("the delay doubles with each failure up to the longest") {
  Throttle throttle({.first = 100ms, .longest = 700ms, .forget_after = 60s, .capacity = 10});
  CHECK(throttle.delay(sender(1), kStart) == 0ms);
  for (const Duration expected : {100ms, 200ms, 400ms, 700ms, 700ms, 700ms}) {
    throttle.failed(sender(1), kStart);
    CHECK(throttle.delay(sender(1), kStart) == expected);
  }
  CHECK(throttle.delay(sender(2), kStart) == 0ms);
}

TEST_CASE("the topmost level is told once") {
  Throttle throttle({.first = 100ms, .longest = 200ms, .forget_after = 60s, .capacity = 10});
  CHECK_FALSE(throttle.failed(sender(1), kStart).topmost);
  CHECK(throttle.failed(sender(1), kStart).topmost);
  CHECK_FALSE(throttle.failed(sender(1), kStart).topmost);
}

TEST_CASE("failures are forgotten one after the other, and then the sender") {
  Throttle throttle({.first = 100ms, .longest = 800ms, .forget_after = 10s, .capacity = 10});
  for (int count = 0; count < 3; ++count)
    throttle.failed(sender(1), kStart);
  CHECK(throttle.delay(sender(1), kStart + 9'999ms) == 400ms);
  CHECK(throttle.delay(sender(1), kStart + 10s) == 200ms);
  CHECK(throttle.delay(sender(1), kStart + 20s) == 100ms);
  CHECK(throttle.delay(sender(1), kStart + 30s) == 0ms);
  CHECK(throttle.delay(sender(1), kStart + 24h) == 0ms);
  throttle.failed(sender(2), kStart + 30s);
  CHECK(throttle.size() == 1);
}

TEST_CASE("a failure long ago does not count towards the next one") {
  Throttle throttle({.first = 100ms, .longest = 800ms, .forget_after = 10s, .capacity = 10});
  throttle.failed(sender(1), kStart);
  throttle.failed(sender(1), kStart);
  throttle.failed(sender(1), kStart + 20s);
  CHECK(throttle.delay(sender(1), kStart + 20s) == 100ms);
}

TEST_CASE("all addresses of an IPv6 /64 are one sender") {
  Throttle throttle({.first = 100ms, .longest = 800ms, .forget_after = 10s, .capacity = 10});
  throttle.failed(Address::parse("2001:db8::1").value(), kStart);
  CHECK(throttle.delay(Address::parse("2001:db8::2").value(), kStart) == 100ms);
  CHECK(throttle.delay(Address::parse("2001:db8:0:1::1").value(), kStart) == 0ms);
}

TEST_CASE("no more senders are remembered than fit, the oldest go first") {
  Throttle throttle({.first = 100ms, .longest = 800ms, .forget_after = 60s, .capacity = 100});
  for (unsigned number = 0; number < 100; ++number)
    throttle.failed(sender(number), kStart);
  throttle.failed(sender(0), kStart + 1s);
  for (unsigned number = 100; number < 5'000; ++number) {
    throttle.failed(sender(number), kStart + 1s);
    if (number == 150) {
      CHECK(throttle.delay(sender(0), kStart + 1s) == 200ms);
      CHECK(throttle.delay(sender(1), kStart + 1s) == 0ms);
    }
    REQUIRE(throttle.size() == 100);
  }
}

TEST_CASE("a first delay of nothing switches the throttle off") {
  Throttle throttle({.first = 0ms, .longest = 0ms, .forget_after = 60s, .capacity = 10});
  for (int count = 0; count < 100; ++count)
    throttle.failed(sender(1), kStart);
  CHECK(throttle.delay(sender(1), kStart) == 0ms);
}

TEST_CASE("a pace lets a minute's worth through at once and then no faster") {
  Pace pace(3, 60s, kStart);
  for (int count = 0; count < 3; ++count)
    CHECK(pace.take(kStart));
  CHECK_FALSE(pace.take(kStart));
  CHECK_FALSE(pace.take(kStart + 19s));
  CHECK(pace.take(kStart + 21s));
  CHECK_FALSE(pace.take(kStart + 21s));
  for (int count = 0; count < 3; ++count)
    CHECK(pace.take(kStart + 24h));
  CHECK_FALSE(pace.take(kStart + 24h));
}

TEST_CASE("each has a pace of its own, and only so many are remembered") {
  Paces<std::string> paces(2, 60s, 2);
  CHECK(paces.take("one", kStart));
  CHECK(paces.take("one", kStart));
  CHECK_FALSE(paces.take("one", kStart));
  CHECK(paces.take("two", kStart));
  CHECK_FALSE(paces.take("one", kStart));
  // "two" has not come for longest: it makes room, and begins afresh.
  CHECK(paces.take("three", kStart));
  CHECK(paces.size() == 2);
  CHECK_FALSE(paces.take("one", kStart));
  CHECK(paces.take("two", kStart));
  CHECK(paces.take("two", kStart));
  CHECK_FALSE(paces.take("two", kStart));
}

TEST_CASE("a waiting room is bounded in all and for each sender, and seats come back") {
  WaitingRoom room(3, 2);
  WaitingRoom::Seat one = room.enter(sender(1));
  WaitingRoom::Seat two = room.enter(sender(1));
  CHECK(one);
  CHECK(two);
  CHECK_FALSE(room.enter(sender(1)));
  WaitingRoom::Seat three = room.enter(sender(2));
  CHECK(three);
  CHECK_FALSE(room.enter(sender(3)));
  CHECK(room.taken() == 3);

  WaitingRoom::Seat moved = std::move(one);
  CHECK(room.taken() == 3);
  moved.leave();
  moved.leave();
  CHECK(room.taken() == 2);
  CHECK(room.enter(sender(3)));
  CHECK(room.taken() == 2);
  two = WaitingRoom::Seat();
  three = WaitingRoom::Seat();
  CHECK(room.taken() == 0);
}

TEST_CASE("a budget is bounded by itself and by the whole, and takes nothing when it refuses") {
  const auto whole = std::make_shared<BufferBudget>(150);
  BufferBudget one(100, whole);
  BufferBudget two(100, whole);
  CHECK(one.take(100));
  CHECK_FALSE(one.take(1));
  CHECK_FALSE(two.take(51));
  CHECK(two.take(50));
  CHECK(whole->used() == 150);
  one.give_back(60);
  CHECK(whole->used() == 90);
  CHECK(one.used() == 40);
  CHECK(two.take(50));
  CHECK_FALSE(two.take(1));
  CHECK(whole->used() == 140);
}

}  // namespace
}  // namespace sfteams::connector
