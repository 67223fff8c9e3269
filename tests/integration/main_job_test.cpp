#include <csignal>

#include <catch2/catch.hpp>

#include "tests/integration/http.h"
#include "tests/integration/installation.h"

namespace sfteams::integration {
namespace {

TEST_CASE("a user signs in through the tunnel and hears what the PBX is") {
  Installation installation;
  installation.start();
  const Finished login = installation.client(Installation::kAnna, {"login"});
  INFO(login.err);
  CHECK(login.status == 0);
  CHECK(contains(login.out, "1001"));
  CHECK(contains(login.out, "pbx.example.com"));
  CHECK(installation.journal_count("login", "1001", "accepted") == 1);
}

TEST_CASE("a call placed by one user is seen by both, in the order of its states") {
  Installation installation;
  installation.start();
  const auto anna =
      installation.client_in_background(Installation::kAnna, {"--json", "watch", "--for", "60"});
  const auto ben =
      installation.client_in_background(Installation::kBen, {"--json", "watch", "--for", "60"});
  REQUIRE(eventually([&] {
    return installation.journal_count("login", "1001", "accepted") == 1 &&
           installation.journal_count("login", "1002", "accepted") == 1 &&
           installation.journal_count("request", "1002", "ok",
                                      "ucp.v30.requests.service.subscribeEvents") >= 1;
  }));

  const auto dial = installation.client_in_background(Installation::kAnna, {"dial", "1002"});
  REQUIRE(eventually(
      [&] { return contains(anna->out(), "CONNECTED") && contains(ben->out(), "CONNECTED"); }));
  dial->signal(SIGINT);
  REQUIRE(dial->wait());
  REQUIRE(eventually(
      [&] { return contains(anna->out(), "HANGUP") && contains(ben->out(), "HANGUP"); }));

  const std::string caller = anna->out();
  CHECK(caller.find("PROCEEDING") < caller.find("RINGBACK"));
  CHECK(caller.find("RINGBACK") < caller.find("CONNECTED"));
  CHECK(caller.find("CONNECTED") < caller.find("HANGUP"));
  const std::string called = ben->out();
  CHECK(called.find("INCOMING") < called.find("RINGING"));
  CHECK(called.find("RINGING") < called.find("CONNECTED"));
  CHECK(installation.journal_count("request", "1001", "ok",
                                   "ucp.v30.requests.call.placeCallWithPhone") == 1);
}

TEST_CASE("names of UCP versions 22 and 30 pass unchanged, and answers keep their types") {
  Installation installation;
  installation.start();
  for (const char* method :
       {"ucp.v22.requests.call.getCallIds", "ucp.v30.requests.call.getCallIds"}) {
    const Finished ids = installation.client(Installation::kAnna, {"--json", "call", method});
    INFO(method << ids.err);
    CHECK(ids.status == 0);
    CHECK(ids.out == "[]\n");
    CHECK(installation.journal_count("request", "1001", "ok", method) == 1);
  }
}

TEST_CASE("an entry point of a module never reaches the PBX") {
  Installation installation;
  installation.start();
  const Finished called = installation.client(Installation::kAnna, {"call", "simulator.echo"});
  CHECK(called.status != 0);
  CHECK(installation.journal_count("request", "", "", "simulator.echo") == 0);
}

TEST_CASE("two sessions of one user share one login at the PBX, and the last to go logs out") {
  Installation installation;
  installation.start();
  const auto first =
      installation.client_in_background(Installation::kAnna, {"watch", "--for", "60"});
  const auto second =
      installation.client_in_background(Installation::kAnna, {"watch", "--for", "60"});
  const auto sessions = [&] { return installation.status()["sessions"]["open"].asInt(); };
  REQUIRE(eventually([&] { return sessions() == 2; }));
  REQUIRE(eventually([&] { return installation.journal_count("login", "1001", "accepted") == 1; }));

  first->signal(SIGINT);
  REQUIRE(first->wait());
  REQUIRE(eventually([&] { return sessions() == 1; }));
  const auto logouts = [&] {
    return installation.journal_count("request", "1001", "", "ucp.v30.requests.connection.logout");
  };
  CHECK(logouts() == 0);
  second->signal(SIGINT);
  REQUIRE(second->wait());
  CHECK(eventually([&] { return logouts() == 1; }));
  CHECK(installation.journal_count("login", "1001", "accepted") == 1);
}

TEST_CASE("the agent that is told to stop logs its users out at the PBX and exits with 0") {
  Installation installation;
  installation.start();
  const auto watcher =
      installation.client_in_background(Installation::kAnna, {"watch", "--for", "60"});
  REQUIRE(eventually([&] { return installation.journal_count("login", "1001", "accepted") == 1; }));
  installation.agent().signal(SIGTERM);
  CHECK(installation.agent().wait() == 0);
  CHECK(installation.journal_count("request", "1001", "ok", "ucp.v30.requests.connection.logout") ==
        1);
  REQUIRE(watcher->wait());
  CHECK(contains(watcher->err(), "tunnel.shutting-down"));
}

TEST_CASE("the connector that is told to stop exits with 0 and answers health before") {
  Installation installation;
  installation.start_connector();
  const HttpAnswer health = http("https" + installation.connector_url().substr(3) + "/healthz", "",
                                 installation.file("ca.pem").string());
  CHECK(health.status == 200);
  CHECK(contains(health.body, "ok"));
  installation.connector().signal(SIGTERM);
  CHECK(installation.connector().wait() == 0);
}

}  // namespace
}  // namespace sfteams::integration
