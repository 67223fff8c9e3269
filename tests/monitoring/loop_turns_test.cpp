#include "monitoring/loop_turns.h"

#include <chrono>
#include <string>

#include <catch2/catch.hpp>

#include "tests/contains.h"

namespace sfteams::monitoring {
namespace {

std::string told(LoopTurns& turns) {
  metrics::Exposition out("x_");
  turns.write(out);
  return out.text();
}

TEST_CASE("a long turn of the loop shows in the histogram, and as the longest until it was told") {
  const auto loop = transport::Loop::create().value();
  LoopTurns turns(*loop);
  const auto busy = loop->after(transport::Duration(1), [&] {
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(110);
    while (std::chrono::steady_clock::now() < until) {
    }
  });
  const auto end = loop->after(transport::Duration(200), [&] { loop->stop(); });
  loop->run();
  const std::string first = told(turns);
  INFO(first);
  const std::size_t at = first.find("\nx_loop_turn_longest_seconds ");
  REQUIRE(at != std::string::npos);
  CHECK(std::stod(first.substr(first.find(' ', at + 1))) >= 0.11);
  CHECK_FALSE(contains(first, "x_loop_turn_seconds_count 0\n"));
  CHECK(contains(told(turns), "x_loop_turn_longest_seconds 0\n"));
}

TEST_CASE("nothing is counted any more when it has gone") {
  const auto loop = transport::Loop::create().value();
  { const LoopTurns turns(*loop); }
  const auto end = loop->after(transport::Duration(1), [&] { loop->stop(); });
  loop->run();
}

}  // namespace
}  // namespace sfteams::monitoring
