// The PBX's own count of wrong tokens, in whole installations: see tests/agent/pbx/lockout_test.cpp
// for what can be played in the test's own time.

#include <csignal>

#include <catch2/catch.hpp>

#include "tests/integration/installation.h"

namespace sfteams::integration {
namespace {

Installation::Options strict(std::vector<std::string> switches = {}) {
  Installation::Options options;
  options.simulator_switches = {"blacklist-after=10", "success-whitelists=no"};
  options.simulator_switches.insert(options.simulator_switches.end(), switches.begin(),
                                    switches.end());
  options.users_file = SFTEAMS_SOURCE_DIR "/tests/integration/many_users.ini";
  options.agent_uci_settings = "keepalive = 5\ntimeout = 5\n";
  return options;
}

Installation::User user(int number, const std::string& password = "right") {
  return {std::to_string(2000 + number), password};
}

int wrong_tokens(Installation& installation) {
  return installation.simulator_get("/control/state")["counters"]["wrongTokens"].asInt();
}

void check_not_locked_out(Installation& installation) {
  CHECK(wrong_tokens(installation) < 10);
  CHECK(installation.simulator_get("/control/state")["ignoredAddresses"].empty());
}

std::unique_ptr<ChildProcess> watcher(Installation& installation, int number) {
  auto process = installation.client_in_background(user(number), {"watch", "--for", "120"});
  REQUIRE(eventually([&] { return contains(process->err(), "listening for events"); }));
  return process;
}

TEST_CASE("a PBX that is starting signs nobody out, and everybody is well when it is") {
  const std::string shape = GENERATE(as<std::string>{}, "page", "redirect", "http-403", "fault");
  CAPTURE(shape);
  Installation installation(strict());
  installation.start();
  std::vector<std::unique_ptr<ChildProcess>> watchers;
  for (int i = 1; i <= 5; ++i)
    watchers.push_back(watcher(installation, i));
  installation.simulator_post("/control/switches",
                              R"({"starting":")" + shape + R"(","starting-time":8000})");
  REQUIRE(eventually([&] { return installation.journal_count("", "", "starting") > 0; }));
  // It waits for the PBX, and gets in or is told to come again.
  const Finished early = installation.client(user(6), {"login"});
  CHECK((early.status == 0 || early.status == 75));
  REQUIRE(eventually([&] {
    return installation.client(user(1), {"call", Installation::kCallIds}).status == 0;
  }));
  for (int i = 1; i <= 7; ++i) {
    const Finished next = installation.client(user(i), {"call", Installation::kCallIds});
    INFO(i << ": " << next.err);
    CHECK(next.status == 0);
  }
  for (const auto& process : watchers)
    CHECK(process->running());
  CHECK(wrong_tokens(installation) == 0);
}

TEST_CASE("twenty calls with a password that was changed do not lock the agent out") {
  const std::string shape = GENERATE(as<std::string>{}, "fault", "redirect", "http-500", "close");
  CAPTURE(shape);
  Installation installation(strict({"refused-login=" + shape, "latency=100"}));
  installation.start();
  const auto changed = watcher(installation, 1);
  const auto bystander = watcher(installation, 2);
  for (int i = 3; i <= 12; ++i)
    CHECK(installation.client(user(i, "guess"), {"login"}).status != 0);
  installation.simulator_post("/control/password", R"({"user":"2001","password":"new"})");
  std::vector<std::unique_ptr<ChildProcess>> callers;
  for (int i = 0; i < 20; ++i)
    callers.push_back(installation.client_in_background(user(1), {"call", Installation::kCallIds}));
  for (const auto& caller : callers) {
    REQUIRE(caller->wait());
    CHECK(*caller->wait() != 0);
  }
  check_not_locked_out(installation);
  CHECK(installation.client(user(2), {"call", Installation::kCallIds}).status == 0);
  CHECK(bystander->running());
}

TEST_CASE("ten names do not reach the PBX's count, however it answers a wrong token") {
  const std::string shape =
      GENERATE(as<std::string>{}, "http-500", "empty", "http-204", "http-400", "http-404", "close");
  CAPTURE(shape);
  Installation installation(strict({"refused-login=" + shape}));
  installation.start();
  for (int i = 1; i <= 12; ++i)
    CHECK(installation.client(user(i, "guess"), {"login"}).status != 0);
  CHECK(wrong_tokens(installation) > 0);
  check_not_locked_out(installation);
}

TEST_CASE("wrong passwords before and after an agent that is killed do not add up at the PBX") {
  Installation installation(strict());
  installation.start();
  for (int i = 1; i <= 6; ++i)
    CHECK(installation.client(user(i, "guess"), {"login"}).status == 77);
  installation.agent().signal(SIGKILL);
  REQUIRE(installation.agent().wait());
  installation.start_agent();
  std::vector<std::unique_ptr<ChildProcess>> guesses;
  for (int i = 1; i <= 6; ++i)
    guesses.push_back(installation.client_in_background(user(i, "other"), {"login"}));
  for (const auto& guess : guesses) {
    REQUIRE(eventually([&] { return !guess->running(); }));
    CHECK(*guess->wait() != 0);
  }
  CHECK(wrong_tokens(installation) >= 6);
  check_not_locked_out(installation);
}

}  // namespace
}  // namespace sfteams::integration
