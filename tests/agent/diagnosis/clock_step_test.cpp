#include "agent/diagnosis/clock_step.h"

#include <catch2/catch.hpp>

#include "tests/contains.h"

namespace sfteams::diagnosis {
namespace {

using namespace std::chrono_literals;
using std::chrono::system_clock;

constexpr system_clock::time_point kNow{std::chrono::seconds(1'800'000'000)};

}  // namespace

TEST_CASE("a clock is judged by how far it is from the connector's") {
  CHECK(judge_clock(kNow, kNow, true).verdict == Verdict::ok);
  CHECK(judge_clock(kNow + 30s, kNow, true).verdict == Verdict::ok);
  CHECK(judge_clock(kNow + 31s, kNow, true).verdict == Verdict::warn);
  CHECK(judge_clock(kNow - 31s, kNow, true).verdict == Verdict::warn);
  CHECK(judge_clock(kNow - 31s, kNow, true).code == "agent.clock-off");
  const Finding wrong = judge_clock(kNow - 301s, kNow, true);
  CHECK(wrong.verdict == Verdict::fail);
  CHECK(wrong.code == "agent.clock-wrong");
  CHECK(contains(wrong.text.text(), "5 min behind"));
  CHECK_FALSE(wrong.next.empty());
}

TEST_CASE("a difference of clocks is told in the unit that people would choose") {
  const auto told = [](std::chrono::seconds off) {
    const std::string text = judge_clock(kNow + off, kNow, true).text.text();
    const std::size_t comma = text.find(", ");
    return text.substr(comma + 2, text.find(" the connector's") - comma - 2);
  };
  CHECK(told(0s) == "the same as");
  CHECK(told(1s) == "1 s ahead of");
  CHECK(told(-1s) == "1 s behind");
  CHECK(told(119s) == "119 s ahead of");
  CHECK(told(-120s) == "2 min behind");
  CHECK(told(3599s) == "60 min ahead of");
  CHECK(told(-7200s) == "2 h behind");
  CHECK(told(22h) == "22 h ahead of");
  CHECK(told(-86'400s) == "1 day behind");
  CHECK(told(86'399s) == "1 day ahead of");
  CHECK(told(-48h) == "2 days behind");
  CHECK(told(24h * 365) == "365 days ahead of");
}

TEST_CASE("a clock that agrees with the connector's need not be set by NTP") {
  CHECK(judge_clock(kNow, kNow, false).verdict == Verdict::ok);
  CHECK(judge_clock(kNow, std::nullopt, false).verdict == Verdict::warn);
  CHECK(judge_clock(kNow, std::nullopt, false).code == "agent.clock-not-set");
  CHECK(judge_clock(kNow, std::nullopt, true).verdict == Verdict::ok);
  CHECK(judge_clock(kNow, std::nullopt, std::nullopt).verdict == Verdict::ok);
}

}  // namespace sfteams::diagnosis
