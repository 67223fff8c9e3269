#include <chrono>
#include <csignal>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/integration/installation.h"
#include "tests/notify_socket.h"

// Agent and connector under a service manager: sd_notify(3), with its watchdog.

namespace sfteams::integration {
namespace {

using test::NotifySocket;

/// Short, so that the tests are quick; a ping is due in every half of it.
constexpr auto kWatchdog = 400ms;

struct Manager {
  ScratchDirectory scratch;
  NotifySocket socket{scratch.path() / "notify"};

  [[nodiscard]] std::vector<std::string> environment() const {
    const auto watchdog = std::chrono::microseconds(kWatchdog).count();
    return {"NOTIFY_SOCKET=" + socket.path().string(), "WATCHDOG_USEC=" + std::to_string(watchdog)};
  }
  [[nodiscard]] std::string told(std::string_view part) { return socket.await(part, kPatience); }
  [[nodiscard]] bool pinged() { return !told("WATCHDOG=1").empty(); }
};

Installation::Options agent_under(const Manager& manager) {
  Installation::Options options;
  options.agent_environment = manager.environment();
  return options;
}

Installation::Options connector_under(const Manager& manager) {
  Installation::Options options;
  options.connector_environment = manager.environment();
  return options;
}

TEST_CASE("an agent tells its service manager what becomes of it, from its start to its end") {
  Manager manager;
  Installation installation(agent_under(manager));
  installation.start_simulator();
  installation.start_connector();
  installation.start_agent();
  CHECK(contains(manager.told("READY=1"), "STATUS=connecting to wss://"));
  CHECK(manager.pinged());
  CHECK_FALSE(manager.told("STATUS=registered as pbx.example.com, no system key yet").empty());

  installation.agent().signal(SIGHUP);
  CHECK(contains(manager.told("RELOADING=1"), "\nMONOTONIC_USEC="));
  CHECK_FALSE(manager.told("READY=1\nSTATUS=registered").empty());
  CHECK(manager.pinged());

  installation.connector().signal(SIGKILL);
  CHECK(contains(manager.told("STATUS=not connected"), "[transport."));
  installation.agent().signal(SIGTERM);
  CHECK_FALSE(manager.told("STOPPING=1").empty());
  CHECK(installation.agent().wait() == 0);
}

TEST_CASE("the status of an agent says how many sessions there are") {
  Manager manager;
  Installation installation(agent_under(manager));
  installation.start();
  CHECK_FALSE(manager.told("STATUS=registered as pbx.example.com, 0 sessions").empty());
  const auto watcher = installation.client_in_background(Installation::kBen, {"watch"});
  CHECK_FALSE(manager.told("STATUS=registered as pbx.example.com, 1 session").empty());
}

TEST_CASE("a connector tells its service manager what becomes of it, from its start to its end") {
  Manager manager;
  Installation installation(connector_under(manager));
  installation.start_simulator();
  installation.start_connector();
  CHECK(contains(manager.told("READY=1"), "STATUS=0 agents and 0 clients on 127.0.0.1:"));
  CHECK(manager.pinged());
  installation.start_agent();
  CHECK_FALSE(manager.told("STATUS=1 agent and 0 clients on 127.0.0.1:").empty());

  installation.connector().signal(SIGHUP);
  CHECK(contains(manager.told("RELOADING=1"), "\nMONOTONIC_USEC="));
  CHECK_FALSE(manager.told("READY=1\nSTATUS=1 agent").empty());
  CHECK(manager.pinged());

  installation.connector().signal(SIGTERM);
  CHECK_FALSE(manager.told("STOPPING=1").empty());
  CHECK(installation.connector().wait() == 0);
}

/// A service manager would kill it now.
void check_that_freezing_is_noticed(Manager& manager, ChildProcess& daemon) {
  REQUIRE(manager.pinged());
  daemon.signal(SIGSTOP);
  static_cast<void>(manager.socket.all());  // what was on its way
  CHECK(manager.socket.await("WATCHDOG=1", 3 * kWatchdog).empty());
  daemon.signal(SIGCONT);
  CHECK(manager.pinged());
}

TEST_CASE("an agent whose loop is frozen does not ping, and pings again when it goes on") {
  Manager manager;
  Installation installation(agent_under(manager));
  installation.start_simulator();
  installation.start_connector();
  installation.start_agent();
  check_that_freezing_is_noticed(manager, installation.agent());
}

TEST_CASE("a connector whose loop is frozen does not ping, and pings again when it goes on") {
  Manager manager;
  Installation installation(connector_under(manager));
  installation.start_connector();
  check_that_freezing_is_noticed(manager, installation.connector());
}

}  // namespace
}  // namespace sfteams::integration
