#include <csignal>

#include <catch2/catch.hpp>

#include "tests/integration/installation.h"

namespace sfteams::integration {
namespace {

// Not getServerVersion, which the agent itself asks for at every sign-in.
/// A signed-in user who only listens; proof that others' trouble does not touch anybody else.
std::unique_ptr<ChildProcess> bystander(Installation& installation) {
  auto watcher = installation.client_in_background(Installation::kBen, {"watch", "--for", "120"});
  // Signed in is not enough: the subscription comes after it.
  REQUIRE(eventually([&] { return contains(watcher->err(), "listening for events"); }));
  return watcher;
}

TEST_CASE("a connector that is killed costs users nothing: they go on where they were") {
  Installation installation;
  installation.start();
  const auto watcher = bystander(installation);
  installation.connector().signal(SIGKILL);
  REQUIRE(eventually([&] { return contains(watcher->err(), "trying for up to 60 s"); }));
  // While nobody can tell Ben, the PBX rings him.
  installation.simulator_post("/control/incoming", R"({"to":"1002","from":"072112345"})");

  installation.start_connector();
  REQUIRE(eventually([&] { return contains(watcher->err(), "connected again"); }));
  REQUIRE(eventually([&] { return contains(watcher->out(), "072112345"); }));
  CHECK(eventually([&] { return contains(watcher->out(), "INCOMING"); }));
  CHECK(installation.journal_count("login", "1002", "accepted") == 1);
  CHECK(watcher->running());
  CHECK(installation.client(Installation::kAnna, {"login"}).status == 0);
}

TEST_CASE("a session that nobody comes back for is signed out at the PBX when its time is over") {
  Installation::Options options;
  options.agent_settings = "[limits]\nresume-window = 2\n";
  Installation installation(options);
  installation.start();
  const auto watcher = bystander(installation);
  installation.connector().signal(SIGKILL);
  REQUIRE(watcher->wait());
  INFO(watcher->err());
  CHECK(watcher->wait() == 69);
  CHECK(contains(watcher->err(), "client.session-lost"));
  CHECK(eventually([&] {
    return installation.journal_count("request", "1002", "ok",
                                      "ucp.v30.requests.connection.logout") == 1;
  }));
}

TEST_CASE("a client that was frozen goes on where it was") {
  Installation::Options options;
  options.connector_settings = "[keepalive]\nclient-interval = 1\nclient-deadline = 1\n";
  Installation installation(options);
  installation.start();
  const auto watcher = bystander(installation);
  watcher->signal(SIGSTOP);
  REQUIRE(eventually([&] { return installation.status()["sessions"]["waiting"] == 1; }));
  installation.simulator_post("/control/incoming", R"({"to":"1002","from":"072112345"})");
  watcher->signal(SIGCONT);
  INFO(watcher->err());
  REQUIRE(eventually([&] { return contains(watcher->out(), "072112345"); }));
  CHECK(installation.journal_count("login", "1002", "accepted") == 1);
}

TEST_CASE("users of an agent that is killed are told at once that the PBX is offline") {
  Installation installation;
  installation.start();
  const auto watcher = bystander(installation);
  installation.agent().signal(SIGKILL);
  REQUIRE(eventually([&] { return contains(watcher->err(), "tunnel.pbx-offline"); }));
  const Finished later = installation.client(Installation::kAnna, {"login"});
  CHECK(later.status == 69);
  CHECK(contains(later.err, "tunnel.pbx-offline"));
  // The agent kept the session in its memory: the one that takes its place does not know it.
  installation.start_agent();
  REQUIRE(watcher->wait());
  CHECK(watcher->wait() == 69);
  CHECK(contains(watcher->err(), "tunnel.session-unknown"));
}

TEST_CASE("an agent that was killed starts again with its identity and its key") {
  Installation installation;
  installation.start();
  installation.agent().signal(SIGKILL);
  REQUIRE(installation.agent().wait() == 128 + SIGKILL);
  CHECK_NOTHROW(installation.start_agent());
  CHECK(installation.client(Installation::kAnna, {"login"}).status == 0);
}

TEST_CASE("a client that is killed leaves nothing behind once its time to come back is over") {
  Installation::Options options;
  options.agent_settings = "[limits]\nresume-window = 1\n";
  Installation installation(options);
  installation.start();
  const auto watcher = bystander(installation);
  watcher->signal(SIGKILL);
  CHECK(eventually([&] { return installation.status()["sessions"]["open"].asInt() == 0; }));
  CHECK(eventually([&] {
    return installation.journal_count("request", "1002", "ok",
                                      "ucp.v30.requests.connection.logout") == 1;
  }));
}

TEST_CASE("a PBX that is down is a coded error, not a hang, and the tunnel stays up") {
  Installation installation;
  installation.start();
  installation.simulator().signal(SIGKILL);
  REQUIRE(installation.simulator().wait());
  const Finished refused = installation.client(Installation::kAnna, {"login"});
  CHECK(refused.status == 69);
  CHECK(contains(refused.err, "uci.unreachable"));
  CHECK(installation.status()["tunnel"]["state"] == "connected");
}

TEST_CASE("a PBX that misbehaves for one call does not touch the others") {
  Installation installation;
  installation.start();
  const auto watcher = bystander(installation);
  for (const char* kind :
       {"close", "close-mid-reply", "html", "http-500", "bad-xml", "huge-array"}) {
    installation.simulator_post("/control/misbehave", std::string(R"({"method":")") +
                                                          Installation::kCallIds + R"(","kind":")" +
                                                          kind + R"(","times":1})");
    const Finished spoilt =
        installation.client(Installation::kAnna, {"call", Installation::kCallIds});
    INFO(kind << ": " << spoilt.err);
    CHECK(spoilt.status != 0);
    CHECK(contains(spoilt.err, "[uci."));
    const Finished next =
        installation.client(Installation::kAnna, {"call", Installation::kCallIds});
    INFO(next.err);
    CHECK(next.status == 0);
  }
  CHECK(watcher->running());
}

TEST_CASE("a slow call of one user does not delay another user's") {
  Installation installation;
  installation.start();
  installation.simulator_post("/control/latency",
                              R"({"method":"*.userState.getUserState","timeMs":20000})");
  const auto slow = installation.client_in_background(
      Installation::kAnna, {"call", "ucp.v30.requests.userState.getUserState"});
  REQUIRE(eventually([&] { return installation.journal_count("login", "1001", "accepted") == 1; }));
  CHECK(installation.client(Installation::kBen, {"call", Installation::kCallIds}).status == 0);
  CHECK(slow->running());
}

TEST_CASE("each shape of a refused login is the same error, and is not retried") {
  for (const char* shape : {"fault", "http-401", "http-403", "redirect", "false"}) {
    Installation::Options options;
    options.simulator_switches = {std::string("refused-login=") + shape};
    Installation installation(options);
    installation.start();
    const Finished refused = installation.client({"1001", "guessed"}, {"login"});
    INFO(shape << ": " << refused.err);
    CHECK(refused.status == 77);
    CHECK(contains(refused.err, "uci.login-refused"));
    CHECK(installation.journal_count("login", "1001", "refused") == 1);
  }
}

TEST_CASE("no sequence of wrong passwords brings the agent onto the PBX's blacklist") {
  Installation::Options options;
  options.simulator_switches = {"blacklist-after=10", "success-whitelists=no"};
  Installation installation(options);
  installation.start();
  for (int guess = 0; guess < 14; ++guess) {
    const std::string user = std::to_string(1001 + guess % 2);
    const Finished refused =
        installation.client({user, "guess" + std::to_string(guess)}, {"login"});
    CHECK(refused.status != 0);
  }
  CHECK(installation.journal_count("login", "", "refused") < 10);
  // The PBX still answers: somebody whose own budget is not spent would get in.
  CHECK(installation.journal_count("login", "", "ignored") == 0);
}

}  // namespace
}  // namespace sfteams::integration
