#include "base/clock/utc_time.h"

#include <limits>

#include <catch2/catch.hpp>

namespace sfteams::clock {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a moment is written in UTC to the second, rounded down") {
  const std::chrono::sys_days day = std::chrono::year(2026) / 11 / 23;
  CHECK(utc_text(day + 10h) == "2026-11-23T10:00:00Z");
  CHECK(utc_text(day + 23h + 59min + 59s + 999ms) == "2026-11-23T23:59:59Z");
  CHECK(utc_text({}) == "1970-01-01T00:00:00Z");
  CHECK(utc_text(std::chrono::system_clock::time_point(-1s)) == "1969-12-31T23:59:59Z");
}

TEST_CASE("seconds since 1970 are written, those of no year that can be written as the nearest") {
  CHECK(utc_text(UnixSeconds{0}) == "1970-01-01T00:00:00Z");
  CHECK(utc_text(UnixSeconds{1'795'730'400}) == "2026-11-26T22:00:00Z");
  CHECK(utc_text(UnixSeconds{253'402'300'799}) == "9999-12-31T23:59:59Z");
  CHECK(utc_text(std::numeric_limits<UnixSeconds>::max()) == "9999-12-31T23:59:59Z");
  CHECK(utc_text(std::numeric_limits<UnixSeconds>::min()) == "0000-01-01T00:00:00Z");
}

TEST_CASE("what is written is recognised") {
  CHECK(is_utc_text(utc_text(std::chrono::system_clock::now())));
}

TEST_CASE("the calendar is kept") {
  CHECK(is_utc_text("2028-02-29T00:00:00Z"));
  CHECK_FALSE(is_utc_text("2026-02-29T00:00:00Z"));
  CHECK_FALSE(is_utc_text("2026-13-01T00:00:00Z"));
  CHECK_FALSE(is_utc_text("2026-00-01T00:00:00Z"));
  CHECK_FALSE(is_utc_text("2026-01-00T00:00:00Z"));
  CHECK_FALSE(is_utc_text("2026-01-01T24:00:00Z"));
  CHECK_FALSE(is_utc_text("2026-01-01T00:60:00Z"));
  CHECK_FALSE(is_utc_text("2026-01-01T00:00:60Z"));
}

TEST_CASE("another form is no time") {
  for (const char* const text :
       {"", "2026-11-23", "2026-11-23T10:00:00", "2026-11-23T10:00:00+00:00",
        "2026-11-23 10:00:00Z", "2026-11-23T10:00:00z", "2026-11-23T10:00:00.0Z",
        "20261123T10:00:00Z", " 2026-11-23T10:00:0Z", "2026-11-2xT10:00:00Z",
        "+026-11-23T10:00:00Z"}) {
    INFO(text);
    CHECK_FALSE(is_utc_text(text));
  }
}

TEST_CASE("a day is read and written for every year of four digits") {
  for (const char* const text : {"0000-01-01", "1600-02-29", "1969-12-31", "2026-11-23",
                                 "2262-04-12", "2620-01-01", "9999-12-31"}) {
    INFO(text);
    const auto day = parse_day(text);
    REQUIRE(day);
    CHECK(day_text(*day) == text);
  }
  CHECK(*parse_day("9999-12-31") > *parse_day("2620-01-01"));
  CHECK(*parse_day("2620-01-01") > *parse_day("2026-11-23"));
  CHECK(*parse_day("0000-01-01") < *parse_day("1970-01-01"));
  CHECK_FALSE(parse_day("2027-02-29"));
}

TEST_CASE("a time is read as far as the clock can hold it, and refused beyond") {
  for (const char* const text : {"1677-09-22T00:00:00Z", "1969-12-31T23:59:59Z",
                                 "2026-11-23T10:00:00Z", "2262-04-11T23:47:16Z"}) {
    INFO(text);
    const auto time = parse_utc(text);
    REQUIRE(time);
    CHECK(utc_text(*time) == text);
  }
  for (const char* const text :
       {"0000-01-01T00:00:00Z", "1677-09-21T00:12:43Z", "2262-04-11T23:47:17Z",
        "2620-01-01T00:00:00Z", "9999-12-31T23:59:59Z"}) {
    INFO(text);
    CHECK_FALSE(parse_utc(text));
  }
}

}  // namespace
}  // namespace sfteams::clock
