#include "base/log/tail.h"

#include <catch2/catch.hpp>

namespace sfteams::log {
namespace {

constexpr std::chrono::system_clock::time_point kNow{std::chrono::seconds(1'800'000'000)};

}  // namespace

TEST_CASE("the tail gives the lines after one that is known") {
  Tail tail;
  CHECK(tail.after(0).empty());
  for (int i = 1; i <= 5; ++i)
    tail.add(kNow, Level::warn, "uci", "line " + std::to_string(i));
  REQUIRE(tail.after(3).size() == 2);
  CHECK(tail.after(3).front().number == 4);
  CHECK(tail.after(3).front().message == "line 4");
  CHECK(tail.after(3).front().area == "uci");
  CHECK(tail.after(3).front().level == Level::warn);
  CHECK(tail.after(5).empty());
  CHECK(tail.after(99).empty());
  CHECK(tail.after(0, 2).front().number == 4);
}

TEST_CASE("the tail is bounded, and its numbers go on") {
  Tail tail;
  for (std::size_t i = 0; i < Tail::kMostLines + 10; ++i)
    tail.add(kNow, Level::info, "agent", "x");
  CHECK(tail.after(0).size() == Tail::kMostLines);
  CHECK(tail.after(0).front().number == 11);
}

TEST_CASE("a long message is cut between two characters") {
  Tail tail;
  std::string text(Tail::kMostBytes - 1, 'x');
  tail.add(kNow, Level::info, "agent", text + "ä and more");
  CHECK(tail.after(0).front().message == text + "…");
  tail.add(kNow, Level::info, "agent", text);
  CHECK(tail.after(1).front().message == text);
}

}  // namespace sfteams::log
