#include "oauth/endings.h"

#include <catch2/catch.hpp>

namespace sfteams::oauth {
namespace {

TEST_CASE("a token that ends early ends those that came with it, and none that came later") {
  Endings endings;
  const auto first = endings.now();
  CHECK_FALSE(endings.is_over(first));
  endings.note_early_end(first);
  CHECK(endings.is_over(first));
  const auto second = endings.now();
  CHECK_FALSE(endings.is_over(second));
  // Others of the first one end as well: that says nothing new.
  endings.note_early_end(first);
  CHECK_FALSE(endings.is_over(second));
}

TEST_CASE(
    "renewals of a generation that is over are given up after three refusals and no success") {
  Endings endings;
  const auto old = endings.now();
  endings.note_renewal(old, false);
  endings.note_renewal(old, false);
  CHECK_FALSE(endings.is_spent(old));  // nothing has ended: two users stayed away for long
  endings.note_early_end(old);
  CHECK_FALSE(endings.is_spent(old));
  endings.note_renewal(old, false);
  CHECK_FALSE(endings.is_spent(old));
  endings.note_renewal(old, false);
  CHECK_FALSE(endings.is_spent(old));
  endings.note_renewal(old, false);
  CHECK(endings.is_spent(old));
  CHECK_FALSE(endings.is_spent(endings.now()));
  SECTION("one that is granted gives hope again") {
    endings.note_renewal(old, true);
    CHECK_FALSE(endings.is_spent(old));
    endings.note_renewal(old, false);
    CHECK_FALSE(endings.is_spent(old));
  }
  SECTION("the next early end is judged by itself") {
    const auto newer = endings.now();
    endings.note_early_end(newer);
    CHECK_FALSE(endings.is_spent(old));
    CHECK_FALSE(endings.is_spent(newer));
  }
}

TEST_CASE("a lifetime that nobody tells is learned from tokens that end before it") {
  Endings endings;
  CHECK(endings.assumed_lifetime() >= std::chrono::minutes(5));
  endings.note_age(std::chrono::seconds(60));
  CHECK(endings.assumed_lifetime() == std::chrono::seconds(45));
  endings.note_age(std::chrono::seconds(100));
  CHECK(endings.assumed_lifetime() == std::chrono::seconds(45));
  endings.note_age(std::chrono::seconds(1));
  CHECK(endings.assumed_lifetime() == std::chrono::seconds(10));
}

}  // namespace
}  // namespace sfteams::oauth
