#include <csignal>

#include <catch2/catch.hpp>

#include "tests/integration/installation.h"

namespace sfteams::integration {
namespace {

TEST_CASE("a second agent with the same state ends with 75 and names the process that runs") {
  Installation installation;
  installation.start();
  const Finished second = installation.agent_command({"run"});
  CHECK(second.status == 75);
  CHECK(contains(second.err, std::to_string(installation.agent().pid())));
  CHECK(installation.agent().running());
}

TEST_CASE("a second configuration in the directory ends the start with 78 and both names") {
  Installation installation;
  installation.start();
  installation.agent().signal(SIGTERM);
  REQUIRE(installation.agent().wait() == 0);
  write_file(installation.file("agent") / "copy.ini", "[system]\nname = other.example.com\n");
  const Finished refused = installation.agent_command({"run"});
  CHECK(refused.status == 78);
  CHECK(contains(refused.err, "agent.ini"));
  CHECK(contains(refused.err, "copy.ini"));
}

}  // namespace
}  // namespace sfteams::integration
