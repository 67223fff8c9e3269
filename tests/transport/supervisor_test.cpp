#include "transport/supervisor.h"

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <unistd.h>

#include "tests/fake_scheduler.h"
#include "tests/notify_socket.h"

namespace sfteams::transport {
namespace {

using namespace std::chrono_literals;
using Messages = std::vector<std::string>;

/// A variable of this process's environment, for as long as it lives.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    setenv(name, value.c_str(), 1);
  }
  ~Variable() { unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

std::filesystem::path free_path() {
  return std::filesystem::temp_directory_path() / ("sfteams-" + std::to_string(getpid()));
}

struct Supervised {
  sfteams::test::NotifySocket socket{free_path()};
  Variable where{"NOTIFY_SOCKET", socket.path().string()};
  sfteams::test::FakeScheduler scheduler;
  std::string activity = "idle";
};

TEST_CASE("the service manager is told that the process is ready, and what it is doing") {
  Supervised world;
  Supervisor supervisor(world.scheduler, [&] { return world.activity; });
  CHECK(world.socket.all().empty());
  supervisor.ready();
  CHECK(world.socket.all() == Messages{"READY=1\nSTATUS=idle"});
}

TEST_CASE("a change of the status is told at once where it is known, and soon where it is not") {
  Supervised world;
  Supervisor supervisor(world.scheduler, [&] { return world.activity; });
  supervisor.changed();
  CHECK(world.socket.all().empty());
  supervisor.ready();
  static_cast<void>(world.socket.all());
  world.activity = "busy";
  supervisor.changed();
  supervisor.changed();
  CHECK(world.socket.all() == Messages{"STATUS=busy"});
  world.activity = "idle";
  world.scheduler.advance(Supervisor::kStatusInterval);
  CHECK(world.socket.all() == Messages{"STATUS=idle"});
  world.scheduler.advance(10 * Supervisor::kStatusInterval);
  CHECK(world.socket.all().empty());
}

TEST_CASE("the watchdog is pinged twice in its time, from readiness until the end") {
  Supervised world;
  const Variable watchdog{"WATCHDOG_USEC", "4000000"};
  Supervisor supervisor(world.scheduler, [&] { return world.activity; });
  world.scheduler.advance(10s);
  CHECK(world.socket.all().empty());
  supervisor.ready();
  CHECK(world.socket.all() == Messages{"READY=1\nSTATUS=idle", "WATCHDOG=1"});
  world.scheduler.advance(1999ms);
  CHECK(world.socket.all().empty());
  world.scheduler.advance(4001ms);
  CHECK(world.socket.all() == Messages(3, "WATCHDOG=1"));
  supervisor.stopping();
  world.scheduler.advance(2s);
  CHECK(world.socket.all() == Messages{"STOPPING=1\nSTATUS=stopping", "WATCHDOG=1"});
}

TEST_CASE("a second readiness does not ping at twice the pace") {
  Supervised world;
  const Variable watchdog{"WATCHDOG_USEC", "4000000"};
  Supervisor supervisor(world.scheduler, [&] { return world.activity; });
  supervisor.ready();
  supervisor.reloading();
  supervisor.ready();
  static_cast<void>(world.socket.all());
  world.scheduler.advance(2s);
  CHECK(world.socket.all() == Messages{"WATCHDOG=1"});
}

TEST_CASE("a watchdog that waits for another process is not pinged") {
  Supervised world;
  const Variable watchdog{"WATCHDOG_USEC", "4000000"};
  const Variable process{"WATCHDOG_PID", std::to_string(getpid() + 1)};
  Supervisor supervisor(world.scheduler, [&] { return world.activity; });
  supervisor.ready();
  world.scheduler.advance(10s);
  CHECK(world.socket.all() == Messages{"READY=1\nSTATUS=idle"});
}

TEST_CASE("a reload is told with its moment, and its end") {
  Supervised world;
  Supervisor supervisor(world.scheduler, [&] { return world.activity; });
  supervisor.ready();
  static_cast<void>(world.socket.all());
  supervisor.reloading();
  supervisor.ready();
  const Messages told = world.socket.all();
  REQUIRE(told.size() == 2);
  CHECK(told[0].starts_with("RELOADING=1\nMONOTONIC_USEC="));
  CHECK(told[0].find_last_not_of("0123456789") == told[0].find('=', 12));
  CHECK(told[1] == "READY=1\nSTATUS=idle");
}

TEST_CASE("a status cannot forge another assignment") {
  Supervised world;
  world.activity = "registered as x\nMAINPID=1";
  Supervisor supervisor(world.scheduler, [&] { return world.activity; });
  supervisor.ready();
  CHECK(world.socket.all() == Messages{"READY=1\nSTATUS=registered as x\\nMAINPID=1"});
}

TEST_CASE("without a service manager nothing is asked, told or waited for") {
  sfteams::test::FakeScheduler scheduler;
  bool asked = false;
  Supervisor supervisor(scheduler, [&] {
    asked = true;
    return std::string();
  });
  supervisor.ready();
  supervisor.changed();
  supervisor.reloading();
  supervisor.ready();
  supervisor.stopping();
  CHECK_FALSE(asked);
  CHECK(scheduler.idle());
}

}  // namespace
}  // namespace sfteams::transport
