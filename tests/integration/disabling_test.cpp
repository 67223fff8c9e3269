#include <csignal>

#include <catch2/catch.hpp>

#include "tests/contains.h"
#include "tests/integration/installation.h"

// A PBX that the connector's operator keeps out for a while, with everything real.

namespace sfteams::integration {
namespace {

Finished by_operator(const Installation& installation, std::vector<std::string> command) {
  std::vector<std::string> arguments{"--config", installation.file("connector.ini").string()};
  arguments.insert(arguments.end(), command.begin(), command.end());
  return run(Installation::program("starface-teams-connector"),
             {arguments, installation.file("connector-command"), "", {}});
}

TEST_CASE("a disabled PBX is cut off under its users, and works again when it is enabled") {
  Installation installation;
  installation.start();
  const auto watching = installation.client_in_background(Installation::kAnna, {"watch"});
  REQUIRE(eventually([&] { return installation.status()["sessions"]["users"] == 1; }));

  const Finished disabled =
      by_operator(installation, {"disable", "pbx.example.com", "--reason", "moving house"});
  INFO(disabled.err);
  REQUIRE(disabled.status == 0);
  REQUIRE(eventually(
      [&] { return installation.status()["tunnel"]["error"]["code"] == "tunnel.name-disabled"; }));
  const Json::Value error = installation.status()["tunnel"]["error"];
  CHECK(contains(error["message"].asString(), "moving house"));
  CHECK(contains(error["hint"].asString(), "operator"));
  // The key is right, and still nobody learns more than with a wrong one.
  const Finished refused = installation.client(Installation::kAnna, {"login"});
  CHECK(refused.status != 0);
  CHECK(contains(refused.err, "tunnel.admission-refused"));
  CHECK(eventually([&] { return contains(watching->err(), "tunnel.admission-refused"); }));

  REQUIRE(by_operator(installation, {"enable", "pbx.example.com"}).status == 0);
  // Instead of waiting for the minute until it tries again.
  installation.agent().signal(SIGTERM);
  REQUIRE(installation.agent().wait() == 0);
  installation.start_agent();
  REQUIRE(installation.registered());
  const Finished again = installation.client(Installation::kAnna, {"login"});
  INFO(again.err);
  CHECK(again.status == 0);
}

}  // namespace
}  // namespace sfteams::integration
