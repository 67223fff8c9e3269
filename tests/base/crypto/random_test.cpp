#include "base/crypto/random.h"

#include <array>
#include <set>
#include <stdexcept>
#include <vector>

#include <catch2/catch.hpp>

namespace sfteams::crypto {
namespace {

TEST_CASE("random bytes differ from call to call") {
  for (const auto generator : {fill_random, fill_random_private}) {
    std::set<std::vector<std::uint8_t>> seen;
    for (int i = 0; i < 50; ++i) {
      std::vector<std::uint8_t> bytes(16);
      REQUIRE(generator(bytes));
      seen.insert(bytes);
    }
    CHECK(seen.size() == 50);
  }
}

TEST_CASE("filling nothing with random bytes succeeds") {
  CHECK(fill_random({}));
}

TEST_CASE("random bytes reach the last byte") {
  std::set<std::uint8_t> last;
  for (int i = 0; i < 64; ++i) {
    std::array<std::uint8_t, 33> bytes{};
    REQUIRE(fill_random(bytes));
    last.insert(bytes.back());
  }
  CHECK(last.size() > 1);
}

TEST_CASE("a random number stays below its bound and takes every value") {
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t number = random_below(5);
    REQUIRE(number < 5);
    seen.insert(number);
  }
  CHECK(seen.size() == 5);
  CHECK(random_below(1) == 0);
}

TEST_CASE("asking for a number below zero is a programmer's error") {
  CHECK_THROWS_AS(random_below(0), std::invalid_argument);
}

}  // namespace
}  // namespace sfteams::crypto
