#include "rest/pace.h"

#include <catch2/catch.hpp>

namespace sfteams::rest {
namespace {

using transport::Duration;

TEST_CASE("a burst passes at once, then one a period") {
  transport::TimePoint now{std::chrono::hours(1)};
  Pace pace(3, Duration(500), now);
  for (int i = 0; i < 3; ++i)
    CHECK(pace.take(now));
  CHECK_FALSE(pace.take(now));
  CHECK(pace.wait(now) == Duration(500));
  now += Duration(499);
  CHECK(pace.wait(now) == Duration(1));
  CHECK_FALSE(pace.take(now));
  now += Duration(1);
  CHECK(pace.take(now));
  CHECK_FALSE(pace.take(now));
  now += std::chrono::hours(1);
  for (int i = 0; i < 3; ++i)
    CHECK(pace.take(now));
  CHECK_FALSE(pace.take(now));
}

}  // namespace
}  // namespace sfteams::rest
