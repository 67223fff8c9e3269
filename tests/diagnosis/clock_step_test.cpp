#include "diagnosis/clock_step.h"

#include <catch2/catch.hpp>

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
  const Finding wrong = judge_clock(kNow - 301s, kNow, true);
  CHECK(wrong.verdict == Verdict::fail);
  CHECK(wrong.code == "agent.clock-wrong");
  CHECK(wrong.text.text().find("301 s behind") != std::string::npos);
  CHECK_FALSE(wrong.next.empty());
}

TEST_CASE("a clock that agrees with the connector's need not be set by NTP") {
  CHECK(judge_clock(kNow, kNow, false).verdict == Verdict::ok);
  CHECK(judge_clock(kNow, std::nullopt, false).verdict == Verdict::warn);
  CHECK(judge_clock(kNow, std::nullopt, true).verdict == Verdict::ok);
  CHECK(judge_clock(kNow, std::nullopt, std::nullopt).verdict == Verdict::ok);
}

}  // namespace sfteams::diagnosis
