#include "tests/faults/fault.h"

#include <algorithm>
#include <set>

#include <catch2/catch.hpp>

// In which order the soak draws its faults.

namespace sfteams::faults {
namespace {

std::vector<int> drawn(Deck<int>& deck, int times) {
  std::vector<int> all;
  for (int i = 0; i < times; ++i)
    all.push_back(deck.draw());
  return all;
}

TEST_CASE("each kind comes once before the weights count, whatever the seed") {
  const auto seed = GENERATE(1UL, 2UL, 3UL, 4UL, 5UL);
  Dice dice(seed);
  Deck<int> deck({1, 1, 1, 1, 1, 1, 2, 3}, dice, {1, 2, 3});
  const std::vector<int> first = drawn(deck, 3);
  CHECK(std::set<int>(first.begin(), first.end()).size() == 3);
  const std::vector<int> next = drawn(deck, 8);
  CHECK(std::ranges::count(next, 1) == 6);
  CHECK(std::ranges::count(next, 2) == 1);
}

TEST_CASE("the same seed draws the same") {
  const auto draw = [] {
    Dice dice(7);
    Deck<int> deck({1, 2, 3, 4, 5}, dice, {6, 7, 8});
    return drawn(deck, 20);
  };
  CHECK(draw() == draw());
}

}  // namespace
}  // namespace sfteams::faults
