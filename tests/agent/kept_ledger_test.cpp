#include "agent/kept_ledger.h"

#include <string>

#include <catch2/catch.hpp>

namespace sfteams::agent {
namespace {

std::unique_ptr<tunnel::SessionLedger> ledger(std::size_t bytes) {
  auto made = std::make_unique<tunnel::SessionLedger>(1'000, 1'000);
  if (bytes > 0) REQUIRE(made->send(std::string(bytes, 'x')));
  return made;
}

TEST_CASE("what is kept for clients that are away is counted as long as it is kept") {
  std::size_t sum = 0;
  KeptLedger first(sum);
  {
    KeptLedger second(sum);
    first.put(ledger(10), 100);
    CHECK(sum == 10);
    second.put(ledger(5), 100);
    CHECK(sum == 15);
    REQUIRE(second.send("1234567"));
    CHECK(second.size() == 12);
    CHECK(sum == 22);
    // One in the place of another.
    first.put(ledger(1), 100);
    CHECK(sum == 13);
    // The client is back.
    CHECK(first.take()->queue.size() == 1);
    CHECK(first.size() == 0);
    CHECK(sum == 12);
    CHECK(first.take() == nullptr);
    CHECK(sum == 12);
  }
  CHECK(sum == 0);
}

TEST_CASE("what may not be kept is not counted") {
  std::size_t sum = 0;
  KeptLedger kept(sum);
  CHECK_FALSE(kept.there());
  kept.put(ledger(90), 100);
  CHECK(kept.there());
  CHECK_FALSE(kept.send(std::string(11, 'x')));
  CHECK(sum == 90);
  kept.put(nullptr, 0);
  CHECK_FALSE(kept.there());
  CHECK(sum == 0);
}

}  // namespace
}  // namespace sfteams::agent
