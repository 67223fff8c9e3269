#include "tests/faults/troubles.h"

#include <catch2/catch.hpp>

// The soak's memory of what was wrong when, by which failures are excused.

namespace sfteams::faults {
namespace {

using Duration = transport::Duration;

transport::TimePoint moment(int since_start) {
  return transport::TimePoint() + Duration(since_start);
}

TEST_CASE("a trouble is felt from its beginning until its recovery is over, and no longer") {
  TroubleLog log({Duration(100), Duration(200)});
  log.begin(Trouble::pbx_slow, moment(1'000));
  log.begin(Trouble::line_bad, moment(1'500));
  CHECK(log.between(moment(0), moment(999)) == Troubles());
  CHECK(log.between(moment(0), moment(1'000)) == Trouble::pbx_slow);
  log.end(Trouble::pbx_slow, moment(2'000));
  log.end(Trouble::line_bad, moment(2'000), Duration(500));
  CHECK(log.between(moment(2'100), moment(9'000)) == (Trouble::pbx_slow | Trouble::line_bad));
  CHECK(log.between(moment(2'101), moment(9'000)) == Trouble::line_bad);
  CHECK(log.between(moment(2'701), moment(9'000)) == Troubles());
}

TEST_CASE("troubles have names") {
  CHECK(to_string(Troubles()) == "nothing");
  CHECK(to_string(Trouble::line_bad | Trouble::pbx_unwell) == "pbx-unwell, line-bad");
}

TEST_CASE("calm time is what no trouble covers, however they overlap") {
  TroubleLog log({Duration(100), Duration(200)});
  CHECK(log.calm_time(moment(0), moment(700)) == Duration(700));
  log.begin(Trouble::pbx_slow, moment(1'000));
  log.begin(Trouble::line_bad, moment(1'200));
  log.end(Trouble::line_bad, moment(1'300));
  log.end(Trouble::pbx_slow, moment(1'900));
  CHECK(log.calm_time(moment(0), moment(3'000)) == Duration(2'000));
  CHECK(log.calm_time(moment(1'500), moment(2'500)) == Duration(500));
  CHECK(log.calm_time(moment(1'100), moment(1'800)) == Duration(0));
  log.begin(Trouble::agent_away, moment(2'500));
  CHECK(log.calm_time(moment(0), moment(9'000)) == Duration(1'500));
}

}  // namespace
}  // namespace sfteams::faults
