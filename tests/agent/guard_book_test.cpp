#include "agent/guard_book.h"

#include <fstream>

#include <catch2/catch.hpp>

#include "agent/codes.h"
#include "tests/agent/temporary_directory.h"
#include "tests/fake_scheduler.h"

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;
using Outcome = LoginGuard::Outcome;

/// One life of the agent.
struct Life {
  Life(test::FakeScheduler& the_scheduler, const std::filesystem::path& file,
       clock::UnixSeconds& unix_now)
      : scheduler(the_scheduler), book(scheduler, file, guard, [&unix_now] { return unix_now; }) {}

  Result<LoginGuard::Attempt> begin(const std::string& user) {
    return guard.begin(user, guard.fingerprint(user, crypto::Secret::from_text("x")),
                       scheduler.now());
  }
  bool login(const std::string& user, Outcome outcome) {
    auto attempt = begin(user);
    if (attempt) guard.finish(*attempt, outcome, scheduler.now());
    return attempt.has_value();
  }

  test::FakeScheduler& scheduler;
  LoginGuard guard{{}, crypto::Secret(32)};
  GuardBook book;
};

struct Lives {
  TemporaryDirectory directory;
  std::filesystem::path file = directory.path() / "failed-logins.json";
  test::FakeScheduler scheduler;
  clock::UnixSeconds now = 1'800'000'000;

  /// As the file is when the agent is killed now.
  std::unique_ptr<Life> after_a_kill() {
    std::ifstream in(file);
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    const std::filesystem::path copy = directory.path() / "killed.json";
    std::ofstream(copy) << text;
    return std::make_unique<Life>(scheduler, copy, now);
  }
};

TEST_CASE_METHOD(Lives, "wrong passwords before and after a restart add up here, too") {
  {
    Life life(scheduler, file, now);
    for (int i = 0; i < 5; ++i)
      CHECK(life.login(std::to_string(i), Outcome::refused));
  }
  now += 60;
  Life life(scheduler, file, now);
  CHECK(life.guard.failures(scheduler.now()) == 5);
  for (int i = 5; i < 8; ++i)
    CHECK(life.login(std::to_string(i), Outcome::refused));
  CHECK_FALSE(life.login("9", Outcome::accepted));
  // They grow old as if nothing had been.
  scheduler.advance(540s);
  now += 540;
  CHECK(life.guard.failures(scheduler.now()) == 3);
}

TEST_CASE_METHOD(Lives, "a login is in the file before it goes out") {
  Life life(scheduler, file, now);
  for (int i = 0; i < 8; ++i)
    REQUIRE(life.begin(std::to_string(i)));
  const auto next = after_a_kill();
  CHECK(next->guard.failures(scheduler.now()) == 8);
  SECTION("and whoever was cut off comes again, one after the other") {
    auto first = next->begin("1");
    REQUIRE(first);
    CHECK_FALSE(next->begin("2"));
    CHECK(next->guard.may_fit_later("2"));
    next->guard.finish(*first, Outcome::accepted, scheduler.now());
    for (int i = 0; i < 20; ++i)
      CHECK(next->login(std::to_string(i), Outcome::accepted));
    CHECK(next->guard.failures(scheduler.now()) == 0);
  }
  SECTION("but when the first one is wrong, nobody follows") {
    CHECK(next->login("1", Outcome::refused));
    CHECK_FALSE(next->login("2", Outcome::accepted));
    CHECK(next->guard.failures(scheduler.now()) == next->guard.most());
  }
}

TEST_CASE_METHOD(Lives, "logins that succeed leave nothing in the file") {
  Life life(scheduler, file, now);
  for (int i = 0; i < 20; ++i)
    CHECK(life.login(std::to_string(i), Outcome::accepted));
  scheduler.advance(GuardBook::kLater);
  CHECK(after_a_kill()->guard.failures(scheduler.now()) == 0);
}

TEST_CASE_METHOD(Lives, "an agent that is killed just after each login counts none of them") {
  auto life = std::make_unique<Life>(scheduler, file, now);
  for (int i = 0; i < 20; ++i) {
    CAPTURE(i);
    REQUIRE(life->login("1001", Outcome::accepted));
    scheduler.turn();
    life = after_a_kill();
    CHECK(life->guard.failures(scheduler.now()) == 0);
  }
}

TEST_CASE_METHOD(Lives, "who cannot pass before time has gone by is told so instead of waiting") {
  Life life(scheduler, file, now);
  for (int i = 0; i < 8; ++i)
    REQUIRE(life.begin(std::to_string(i)));
  const auto next = after_a_kill();
  CHECK(next->login("1", Outcome::refused));
  REQUIRE(next->guard.failures(scheduler.now()) == next->guard.most());
  const auto refused = next->begin("2");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == codes::kLoginPaused);
  CHECK_FALSE(next->guard.may_fit_later("2"));
}

TEST_CASE_METHOD(Lives, "a broken file costs half of the budget, and nothing else") {
  const std::string text = GENERATE(
      as<std::string>{}, "", "{", "[]", R"({"type":"another","version":1})",
      R"({"type":"starface-teams-agent-failed-logins","version":1,"failed":7,"underWay":0})",
      R"({"type":"starface-teams-agent-failed-logins","version":1,"failed":["x"],"underWay":0})",
      R"({"type":"starface-teams-agent-failed-logins","version":1,"failed":[],"underWay":-1})");
  std::ofstream(file) << text;
  Life life(scheduler, file, now);
  CHECK(life.guard.failures(scheduler.now()) == 4);
  CHECK(life.login("1", Outcome::accepted));
}

TEST_CASE_METHOD(Lives, "a file that cannot be written stops no login") {
  std::filesystem::create_directory(file);
  Life life(scheduler, file, now);
  CHECK(life.login("1", Outcome::accepted));
}

TEST_CASE_METHOD(Lives, "a clock that was set does not prolong what was counted") {
  {
    Life life(scheduler, file, now);
    CHECK(life.login("1", Outcome::refused));
  }
  now -= 86'400;
  Life life(scheduler, file, now);
  CHECK(life.guard.failures(scheduler.now()) == 1);
  scheduler.advance(600s);
  CHECK(life.guard.failures(scheduler.now()) == 0);
}

}  // namespace
}  // namespace sfteams::agent
