#include "base/log/limiter.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/log/log.h"

namespace sfteams::log {
namespace {

TEST_CASE("a place that speaks without end is heard now and then, with what was left out") {
  Limiter limiter;
  const int here = 0;
  const int there = 0;
  const Limiter::Time start{};
  std::uint64_t written = 0;
  for (int i = 0; i < 1000; ++i)
    written += limiter.admit(&here, start + std::chrono::milliseconds(i)) ? 1U : 0U;
  CHECK(written == Limiter::kBurst);
  CHECK(limiter.admit(&there, start + std::chrono::seconds(1)) == 0U);
  CHECK(limiter.admit(&here, start + Limiter::kWindow) == 1000 - Limiter::kBurst);
  CHECK(limiter.admit(&here, start + Limiter::kWindow) == 0U);
}

TEST_CASE("warnings and errors of one place do not fill the log, others are heard") {
  start(Level::info, Format::text);
  std::vector<std::string> lines;
  observe([&](Level, std::string_view, std::string_view line) { lines.emplace_back(line); });
  for (int i = 0; i < 500; ++i) {
    warn("test", "limiter warning {}", i);
    error("test", "limiter error {}", i);
  }
  CHECK(lines.size() == 2 * Limiter::kBurst);
  warn("test", "another place");
  CHECK(lines.back() == "another place");
  observe(nullptr);
}

TEST_CASE("failures are written with their codes, and each code is a place of its own") {
  constexpr Code kOne{"test.one"};
  constexpr Code kOther{"test.other"};
  start(Level::info, Format::text);
  std::vector<std::string> lines;
  observe([&](Level level, std::string_view, std::string_view line) {
    lines.push_back(std::string(to_string(level)) + " " + std::string(line));
  });
  for (int i = 0; i < 500; ++i)
    warn("test", Error{kOne, "it ended", "begin again"});
  CHECK(lines.size() == Limiter::kBurst);
  CHECK(lines.back() == "warn [test.one] it ended — begin again");
  error("test", Error{kOther, "another thing ended", {}});
  CHECK(lines.back() == "error [test.other] another thing ended");
  observe(nullptr);
}

}  // namespace
}  // namespace sfteams::log
