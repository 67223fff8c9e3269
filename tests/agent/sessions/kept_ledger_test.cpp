#include "agent/sessions/kept_ledger.h"

#include <string>

#include <catch2/catch.hpp>

namespace sfteams::agent {
namespace {

constexpr std::size_t kCost = tunnel::MessageQueue::kMessageCost;

std::unique_ptr<tunnel::SessionLedger> ledger(std::size_t bytes) {
  auto made = std::make_unique<tunnel::SessionLedger>(1'000, 1'000);
  if (bytes > 0) REQUIRE(made->send(std::string(bytes, 'x')));
  return made;
}

TEST_CASE("what is kept for clients that are away is counted as long as it is kept") {
  Holdings all;
  Holding one(all);
  KeptLedger first(one);
  {
    Holding other(all);
    KeptLedger second(other);
    first.put(ledger(10));
    CHECK(all.away() == 10 + kCost);
    second.put(ledger(5));
    CHECK(all.away() == 15 + 2 * kCost);
    REQUIRE(second.send("1234567"));
    CHECK(other.bytes() == 12 + 2 * kCost);
    CHECK(all.in_all() == 22 + 3 * kCost);
    // One in the place of another.
    first.put(ledger(1));
    CHECK(all.away() == 13 + 3 * kCost);
    // The client is back.
    CHECK(first.take()->queue.size() == 1);
    CHECK(one.bytes() == 0);
    CHECK(all.away() == 12 + 2 * kCost);
    CHECK(first.take() == nullptr);
    CHECK(all.away() == 12 + 2 * kCost);
  }
  CHECK(all.away() == 0);
  CHECK(all.in_all() == 0);
}

TEST_CASE("what may not be kept is not counted") {
  Holdings all;
  Holding holding(all);
  KeptLedger kept(holding);
  CHECK_FALSE(kept.there());
  kept.put(ledger(800));
  CHECK(kept.there());
  CHECK_FALSE(kept.send(std::string(200, 'x')));
  CHECK(all.away() == 800 + kCost);
  kept.put(nullptr);
  CHECK_FALSE(kept.there());
  CHECK(all.away() == 0);
}

TEST_CASE("bytes are counted for the user who is signed in, here and away") {
  Holdings all;
  {
    Holding one(all);
    Holding two(all);
    one.set(10, false);
    two.set(5, true);
    CHECK(all.of_user("") == 15);
    one.set_user("1001");
    two.set_user("1001");
    CHECK(all.of_user("") == 0);
    CHECK(all.of_user("1001") == 15);
    CHECK(all.away() == 5);
    two.set_user("");
    CHECK(all.of_user("1001") == 10);
    CHECK(all.of_user("") == 5);
    CHECK(all.in_all() == 15);
  }
  CHECK(all.of_user("1001") == 0);
  CHECK(all.in_all() == 0);
}

}  // namespace
}  // namespace sfteams::agent
