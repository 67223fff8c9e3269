#include "transport/reopening.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/log/log.h"
#include "tests/fake_scheduler.h"

namespace sfteams::transport {
namespace {

using namespace std::chrono_literals;

struct Fixture {
  Fixture() {
    log::start(log::Level::info);
    log::observe([this](log::Level level, std::string_view, std::string_view message) {
      logged.push_back(std::string(log::to_string(level)) + " " + std::string(message));
    });
  }
  ~Fixture() {
    log::observe(nullptr);
    log::set_level(log::Level::error);
  }
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;

  test::FakeScheduler scheduler;
  std::vector<std::string> logged;
  bool taken = true;
  int tried = 0;
  Reopening part{scheduler, "watch", "monitoring", [this]() -> Result<void> {
                   ++tried;
                   if (taken) return fail(Code{"test.taken"}, "in use", "free it");
                   return {};
                 }};
};

TEST_CASE_METHOD(Fixture, "what cannot be opened is tried again until it can, and logged once") {
  part.open();
  REQUIRE(part.error());
  CHECK(part.error()->code.id == "test.taken");
  scheduler.advance(9s);
  CHECK(tried == 1);
  scheduler.advance(21s);
  CHECK(tried == 4);
  REQUIRE(logged.size() == 1);
  CHECK(logged[0] ==
        "error monitoring cannot be opened, and is tried again every 10 seconds: [test.taken] in "
        "use — free it");
  taken = false;
  scheduler.advance(10s);
  CHECK_FALSE(part.error());
  CHECK(logged.back() == "info monitoring is open now");
  scheduler.advance(60s);
  CHECK(tried == 5);
}

TEST_CASE_METHOD(Fixture, "what opens at once is not talked about") {
  taken = false;
  part.open();
  CHECK_FALSE(part.error());
  CHECK(logged.empty());
}

TEST_CASE_METHOD(Fixture, "what is not wanted any more is not tried again") {
  part.open();
  part.settle();
  CHECK_FALSE(part.error());
  scheduler.advance(60s);
  CHECK(tried == 1);
}

}  // namespace
}  // namespace sfteams::transport
