#include "transport/reopening.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/log/log.h"
#include "tests/fake_scheduler.h"
#include "tests/log_lines.h"

namespace sfteams::transport {
namespace {

using namespace std::chrono_literals;

struct ReopeningFixture {
  sfteams::test::FakeScheduler scheduler;
  sfteams::test::LogLines log;
  bool taken = true;
  int tried = 0;
  Reopening part{scheduler, "watch", "monitoring", [this]() -> Result<void> {
                   ++tried;
                   if (taken) return fail(Code{"test.taken"}, "in use", "free it");
                   return {};
                 }};
};

TEST_CASE_METHOD(ReopeningFixture,
                 "what cannot be opened is tried again until it can, and logged once") {
  part.open();
  REQUIRE(part.error());
  CHECK(part.error()->code.id == "test.taken");
  scheduler.advance(9s);
  CHECK(tried == 1);
  scheduler.advance(21s);
  CHECK(tried == 4);
  REQUIRE(log.lines.size() == 1);
  CHECK(log.lines[0] ==
        "error monitoring cannot be opened, and is tried again every 10 seconds: [test.taken] in "
        "use — free it");
  taken = false;
  scheduler.advance(10s);
  CHECK_FALSE(part.error());
  CHECK(log.lines.back() == "info monitoring is open now");
  scheduler.advance(60s);
  CHECK(tried == 5);
}

TEST_CASE_METHOD(ReopeningFixture, "what opens at once is not talked about") {
  taken = false;
  part.open();
  CHECK_FALSE(part.error());
  CHECK(log.lines.empty());
}

TEST_CASE_METHOD(ReopeningFixture, "what is not wanted any more is not tried again") {
  part.open();
  part.settle();
  CHECK_FALSE(part.error());
  scheduler.advance(60s);
  CHECK(tried == 1);
}

}  // namespace
}  // namespace sfteams::transport
