#include "agent/guard/book_days.h"

#include <catch2/catch.hpp>

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;
using Marks = BookDays::Marks;
using transport::TimePoint;

constexpr TimePoint kStart = TimePoint() + 5h;
constexpr clock::UnixSeconds kDay = 86'400;
constexpr clock::UnixSeconds kWall = 20'000 * kDay + 3'600;

TEST_CASE("a new book begins on the calendar's day and goes on every 24 hours") {
  BookDays days(kWall, kStart);
  CHECK(days.today(kStart) == 20'000);
  CHECK(days.today(kStart + 24h - 1ms) == 20'000);
  CHECK_FALSE(days.has_gone_on(kStart + 24h - 1ms));
  CHECK(days.today(kStart + 24h) == 20'001);
  CHECK(days.has_gone_on(kStart + 24h));
  CHECK(days.today(kStart + 24h * 90) == 20'090);
}

TEST_CASE("its marks are those of the day on which it was last looked at") {
  BookDays days(kWall, kStart);
  CHECK(days.marks(kWall, kStart) == Marks{20'000, 20'000});
  // The calendar's next day, within the same 24 hours: the book's day is the same.
  CHECK(days.marks(kWall + kDay, kStart + 23h) == Marks{20'000, 20'000});
  CHECK(days.marks(kWall + kDay, kStart + 24h) == Marks{20'001, 20'001});
  CHECK_FALSE(days.has_gone_on(kStart + 24h));
  // Whatever the clock shows.
  CHECK(days.marks(-1, kStart + 48h) == Marks{20'002, 0});
}

TEST_CASE("a book goes on by one day at most when it is taken up again") {
  BookDays days(kWall, kStart);
  SECTION("on the same day of the calendar: not at all") {
    CHECK_FALSE(days.resume({100, 20'000}));
    CHECK(days.today(kStart) == 100);
  }
  SECTION("on another day, before or after, and when it is not known which") {
    CHECK(days.resume({100, GENERATE(19'999, 20'001, 0, -1)}));
    CHECK(days.today(kStart) == 101);
  }
  CHECK_FALSE(days.has_gone_on(kStart));
  CHECK(days.marks(kWall, kStart).calendar == 20'000);
  CHECK(days.has_gone_on(kStart + 24h));
}

TEST_CASE("days end at the last one that the file can have, and no clock is before the first") {
  BookDays late(BookDays::kLastDay * kDay * 2, kStart);
  CHECK(late.today(kStart + 24h * 9) == BookDays::kLastDay);
  CHECK_FALSE(late.has_gone_on(kStart + 24h * 9));
  CHECK(late.resume({BookDays::kLastDay, 7}));
  CHECK(late.today(kStart) == BookDays::kLastDay);
  CHECK(BookDays(-5 * kDay, kStart).today(kStart) == 0);
}

}  // namespace
}  // namespace sfteams::agent
