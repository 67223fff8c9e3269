#include "agent/licensing/license_end.h"

#include <catch2/catch.hpp>

#include "keygen/codes.h"

namespace sfteams::agent {
namespace {

using namespace std::chrono;

const sys_days kToday = sys_days(year(2027) / 3 / 1);

LicenseBook::Entry entry(sys_days from, sys_days until) {
  LicenseBook::Entry entry;
  entry.license.from = from;
  entry.license.until = until;
  if (kToday > until) entry.problem = Error{keygen::codes::kLicenseExpired, "over", ""};
  if (kToday < from) entry.problem = Error{keygen::codes::kLicenseNotYet, "later", ""};
  return entry;
}

TEST_CASE("the longest licence says how long there are seats") {
  CHECK_FALSE(last_day_of_seats({}));
  const auto day = last_day_of_seats({entry(kToday - days(9), kToday + days(5)),
                                      entry(kToday - days(9), kToday + days(50)),
                                      entry(kToday - days(9), kToday - days(1))});
  CHECK(day == kToday + days(50));
}

TEST_CASE("a licence that follows without a gap counts, and one behind a gap does not") {
  const LicenseBook::Entry now = entry(kToday, kToday + days(5));
  const LicenseBook::Entry third = entry(kToday + days(20), kToday + days(90));
  CHECK(last_day_of_seats({third, now}) == kToday + days(5));
  const LicenseBook::Entry second = entry(kToday + days(6), kToday + days(30));
  CHECK(last_day_of_seats({third, now, second}) == kToday + days(90));
}

TEST_CASE("when all are over, the last end is told; what never gave seats here has none") {
  CHECK(last_day_of_seats({entry(kToday - days(90), kToday - days(30)),
                           entry(kToday - days(90), kToday - days(3))}) == kToday - days(3));
  LicenseBook::Entry foreign = entry(kToday, kToday + days(9));
  foreign.problem = Error{keygen::codes::kLicenseSystem, "of another system", ""};
  CHECK_FALSE(last_day_of_seats({foreign}));
}

TEST_CASE("an end is told of fourteen days before, and from then on") {
  const sys_days last = kToday;
  CHECK_FALSE(ends_soon(last, sys_days(last - days(13)) - seconds(1)));
  CHECK(ends_soon(last, last - days(13)));
  CHECK(ends_soon(last, last + days(100)));
}

}  // namespace
}  // namespace sfteams::agent
