#include "transport/backoff.h"

#include <set>

#include <catch2/catch.hpp>

#include "base/crypto/random.h"

namespace sfteams::transport {
namespace {

using namespace std::chrono_literals;

/// The longest wait possible.
Backoff::Random highest() {
  return [](std::uint64_t bound) { return bound - 1; };
}

TEST_CASE("the ceiling of the waits doubles up to five seconds and stays there") {
  Backoff backoff({}, highest());
  for (const auto expected : {250ms, 500ms, 1000ms, 2000ms, 4000ms, 5000ms, 5000ms}) {
    CHECK(backoff.failed(TimePoint()) == expected);
  }
}

TEST_CASE("each wait lies anywhere between nothing and the ceiling") {
  Backoff backoff({.first = 100ms, .most = 100ms}, crypto::random_below);
  std::set<long> waits;
  for (int i = 0; i < 2000; ++i) {
    const auto wait = backoff.failed(TimePoint());
    REQUIRE(wait >= 0ms);
    REQUIRE(wait <= 100ms);
    waits.insert(wait.count());
  }
  // 2000 draws from 101 values: the chance to miss even one in ten of them is below 10^-80.
  CHECK(waits.size() > 90);
}

TEST_CASE("a peer that sends everybody elsewhere is followed soon, again and again") {
  Backoff backoff({}, highest());
  TimePoint now{};
  for (int round = 0; round < 5; ++round) {
    backoff.connected(now);
    now += 1s;
    CHECK(backoff.moved(now) == 250ms);
  }
  // Failures before that still count.
  CHECK(backoff.failed(now) == 250ms);
  CHECK(backoff.failed(now) == 500ms);
  backoff.connected(now);
  now += 1s;
  CHECK(backoff.moved(now) == 250ms);
  CHECK(backoff.failed(now) == 1000ms);
}

TEST_CASE("a peer that sends everybody elsewhere at once has failed") {
  Backoff backoff({}, highest());
  for (const auto expected : {250ms, 500ms, 1000ms}) {
    backoff.connected(TimePoint());
    CHECK(backoff.moved(TimePoint() + 999ms) == expected);
  }
}

TEST_CASE("a connection that breaks at once does not shorten the waits") {
  Backoff backoff({}, highest());
  (void)backoff.failed(TimePoint());
  (void)backoff.failed(TimePoint());
  backoff.connected(TimePoint());
  CHECK(backoff.failed(TimePoint() + 29'999ms) == 1000ms);
}

TEST_CASE("a connection that stood for a while begins the waits anew") {
  Backoff backoff({}, highest());
  (void)backoff.failed(TimePoint());
  (void)backoff.failed(TimePoint());
  backoff.connected(TimePoint());
  CHECK(backoff.failed(TimePoint() + 30s) == 250ms);
}

TEST_CASE("an old success does not count for the failures after it") {
  Backoff backoff({}, highest());
  backoff.connected(TimePoint());
  CHECK(backoff.failed(TimePoint() + 60s) == 250ms);
  CHECK(backoff.failed(TimePoint() + 120s) == 500ms);
}

TEST_CASE("the wait that the peer asks for is kept, with jitter on top") {
  Backoff backoff({}, highest());
  CHECK(backoff.failed(TimePoint(), 20s) == 20'250ms);
  Backoff lowest({}, [](std::uint64_t) { return 0U; });
  CHECK(lowest.failed(TimePoint(), 20s) == 20s);
}

TEST_CASE("the jitter beside a wait that the peer asks for stays small, however much has failed") {
  Backoff backoff({}, highest());
  for (int i = 0; i < 10; ++i)
    (void)backoff.failed(TimePoint());
  CHECK(backoff.failed(TimePoint(), 20s) == 20'500ms);
  // Without being asked it waits as before.
  CHECK(backoff.failed(TimePoint()) == 5s);
}

TEST_CASE("nobody can ask for more than five minutes, or for less than nothing") {
  Backoff backoff({}, [](std::uint64_t) { return 0U; });
  CHECK(backoff.failed(TimePoint(), 65'535s) == 300s);
  CHECK(backoff.failed(TimePoint(), -5s) == 0s);
}

}  // namespace
}  // namespace sfteams::transport
