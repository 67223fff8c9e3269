#include <csignal>

#include <catch2/catch.hpp>

#include "base/clock/utc_time.h"
#include "tests/integration/installation.h"
#include "tests/integration/license_issuer.h"

namespace sfteams::integration {
namespace {

Installation::Options licensed(const Issuer& issuer, const std::string& named = "nobody",
                               const std::string& more = "") {
  Installation::Options options;
  options.agent_settings =
      "[license]\nnamed = " + named + "\nissuers = " + issuer.public_key + "\n" + more;
  return options;
}

std::unique_ptr<ChildProcess> listening(Installation& installation,
                                        const Installation::User& user) {
  auto watcher = installation.client_in_background(user, {"watch", "--for", "120"});
  REQUIRE(eventually([&] { return contains(watcher->err(), "listening for events"); }));
  return watcher;
}

/// As licences are written.
std::string day_from_now(int days) {
  using namespace std::chrono;
  return clock::day_text(floor<std::chrono::days>(system_clock::now()) + std::chrono::days(days));
}

TEST_CASE("a licence that ends within fourteen days is told of by status and by check") {
  Issuer issuer;
  Installation installation(licensed(issuer));
  installation.start();
  REQUIRE(
      installation.agent_command({"license", "add", issuer.issue(5, day_from_now(20))}).status ==
      0);
  CHECK(installation.status()["health"] == "well");
  CHECK(installation.agent_command({"check"}).status == 0);
  CHECK(installation.status()["license"]["until"] == day_from_now(20));

  const std::string id = installation.agent_command({"license", "list"}).out;
  const std::size_t at = id.find("licence ") + std::string("licence ").size();
  REQUIRE(installation.agent_command({"license", "remove", id.substr(at, id.find(':', at) - at)})
              .status == 0);
  const std::string soon = day_from_now(5);
  REQUIRE(installation.agent_command({"license", "add", issuer.issue(5, soon)}).status == 0);
  const Finished status = installation.agent_command({"status"});
  INFO(status.out);
  CHECK(status.status == 1);
  CHECK(contains(status.out, "seats until " + soon));
  const Finished check = installation.agent_command({"check"});
  INFO(check.out);
  CHECK(check.status == 1);
  CHECK(contains(check.out, "until the end of " + soon));
  CHECK(contains(check.out, "starface-teams-agent license add FILE"));
}

TEST_CASE("check says who may sign in as far as licences go") {
  Issuer issuer;
  Installation installation(licensed(issuer));
  installation.start();
  const auto told = [&] { return installation.agent_command({"check"}).out; };
  CHECK(contains(told(), "nobody else can sign in, as there is no floating seat"));
  REQUIRE(
      installation.agent_command({"license", "add", issuer.issue(5, day_from_now(20))}).status ==
      0);
  CHECK(contains(told(), "floating seats for everybody else: 5"));
}

TEST_CASE("a floating seat is taken by one user at a time, and free after the sign-out") {
  Issuer issuer;
  Installation installation(licensed(issuer));
  installation.start();
  const Finished unlicensed = installation.client(Installation::kAnna, {"login"});
  CHECK(unlicensed.status == 77);
  CHECK(contains(unlicensed.err, "[license.not-named]"));

  const Finished added = installation.agent_command({"license", "add", issuer.issue(1)});
  INFO(added.err);
  REQUIRE(added.status == 0);
  CHECK(contains(added.out, ": 1 seat,"));
  auto anna = listening(installation, Installation::kAnna);
  const Finished full = installation.client(Installation::kBen, {"login"});
  CHECK(full.status == 75);
  CHECK(contains(full.err, "[license.no-seat]"));
  // The same user may come a second time.
  CHECK(installation.client(Installation::kAnna, {"login"}).status == 0);
  CHECK(contains(installation.agent_command({"license", "list"}).out, "1001 since"));
  CHECK(contains(installation.agent_command({"status"}).out, "seats:        1 of 1 taken"));

  anna->signal(SIGINT);
  REQUIRE(anna->wait());
  CHECK(eventually([&] { return installation.client(Installation::kBen, {"login"}).status == 0; }));
}

TEST_CASE("a seat that is withdrawn signs its user out and lets the next one in") {
  Issuer issuer;
  Installation installation(licensed(issuer));
  installation.start();
  REQUIRE(installation.agent_command({"license", "add", issuer.issue(1)}).status == 0);
  const auto anna = listening(installation, Installation::kAnna);
  CHECK(installation.agent_command({"license", "revoke", "1002"}).status == 66);
  REQUIRE(installation.agent_command({"license", "revoke", "1001"}).status == 0);
  CHECK(eventually([&] { return contains(anna->err(), "license.seat-withdrawn"); }));
  CHECK(installation.client(Installation::kBen, {"login"}).status == 0);
}

TEST_CASE("administrators withdraw seats through the tunnel, others may not even look") {
  Issuer issuer;
  Installation installation(licensed(issuer, "nobody", "administrators = 1002\n"));
  installation.start();
  // With all seats taken they have to get in, too.
  REQUIRE(installation.agent_command({"license", "add", issuer.issue(1)}).status == 0);
  const auto anna = listening(installation, Installation::kAnna);
  const Finished refused = installation.client(Installation::kAnna, {"call", "license.list"});
  CHECK(contains(refused.err, "[license.not-administrator]"));
  const Finished list = installation.client(Installation::kBen, {"call", "license.list"});
  CHECK(contains(list.out, "1001"));
  CHECK(contains(installation.client(Installation::kBen, {"license", "list"}).out, "1001 since"));

  const Finished revoked =
      installation.client(Installation::kBen, {"call", "license.revoke", R"({"user":"1001"})"});
  INFO(revoked.err);
  CHECK(revoked.status == 0);
  CHECK(eventually([&] { return contains(anna->err(), "license.seat-withdrawn"); }));
  REQUIRE(anna->wait());

  const auto again = listening(installation, Installation::kAnna);
  const Finished not_allowed =
      installation.client(Installation::kAnna, {"license", "revoke", "1002"});
  CHECK(contains(not_allowed.err, "[license.not-administrator]"));
  const Finished by_command =
      installation.client(Installation::kBen, {"license", "revoke", "1001"});
  CHECK(by_command.status == 0);
  CHECK(contains(by_command.out, "The seat of 1001 is free."));
  CHECK(eventually([&] { return contains(again->err(), "license.seat-withdrawn"); }));
  CHECK(installation.client(Installation::kBen, {"license", "revoke", "1001"}).status != 0);
}

TEST_CASE("a user who is named by a reload gives the seat back and stays signed in") {
  Issuer issuer;
  Installation installation(licensed(issuer));
  installation.start();
  REQUIRE(installation.agent_command({"license", "add", issuer.issue(1)}).status == 0);
  const auto anna = listening(installation, Installation::kAnna);
  CHECK(installation.status()["seats"]["taken"] == 1);
  const std::filesystem::path file = installation.file("agent") / "agent.ini";
  std::string ini = read_file(file);
  const std::string before = "named = nobody";
  ini.replace(ini.find(before), before.size(), "named = 1001");
  write_file(file, ini);
  REQUIRE(installation.agent_command({"reload"}).status == 0);
  CHECK(installation.status()["seats"]["taken"] == 0);
  CHECK(installation.client(Installation::kBen, {"login"}).status == 0);
  CHECK(anna->running());
}

TEST_CASE("named users and floating seats go together") {
  Issuer issuer;
  Installation installation(licensed(issuer, "1001"));
  installation.start();
  REQUIRE(installation.agent_command({"license", "add", issuer.issue(1)}).status == 0);
  const auto anna = listening(installation, Installation::kAnna);
  const auto ben = listening(installation, Installation::kBen);
  CHECK(installation.status()["seats"]["taken"] == 1);
}

TEST_CASE("after a restart of the agent a seat is kept for who had it, and for nobody else") {
  for (const int signal : {SIGTERM, SIGKILL}) {
    Issuer issuer;
    Installation::Options options = licensed(issuer);
    options.agent_settings += "[limits]\nresume-window = 4\n";
    Installation installation(options);
    installation.start();
    REQUIRE(installation.agent_command({"license", "add", issuer.issue(1)}).status == 0);
    const auto anna = listening(installation, Installation::kAnna);
    REQUIRE(eventually(
        [&] { return contains(read_file(installation.file("state") / "seats.json"), "1001"); }));
    installation.agent().signal(signal);
    REQUIRE(installation.agent().wait());
    installation.start_agent();
    INFO("signal " << signal);
    CHECK(contains(installation.client(Installation::kBen, {"login"}).err, "[license.no-seat]"));
    CHECK(installation.client(Installation::kAnna, {"login"}).status == 0);
    // Kept no longer than the window, when nobody comes.
    CHECK(
        eventually([&] { return installation.client(Installation::kBen, {"login"}).status == 0; }));
  }
}

TEST_CASE("wrong licence keys are refused in words that say what is wrong with them") {
  Issuer issuer;
  Issuer stranger;
  Installation installation(licensed(issuer));
  installation.start();
  const auto refusal = [&](const std::string& file) {
    const Finished finished = installation.agent_command({"license", "add", file});
    CHECK(finished.status == 65);
    return finished.err;
  };
  CHECK(contains(refusal(issuer.issue(1, "2021-01-01")), "ended on 2021-01-01"));
  CHECK(contains(refusal(issuer.issue(1, "2099-01-01", "other.example.com")),
                 "for other.example.com, not for pbx.example.com"));
  CHECK(contains(refusal(stranger.issue(1)), "[license.unknown-issuer]"));
  CHECK(contains(refusal(installation.key_file()), "a key file for users"));
  std::string text = read_file(issuer.issue(1));
  text[50] = text[50] == 'A' ? 'B' : 'A';
  write_file(installation.file("changed"), text);
  CHECK(contains(refusal(installation.file("changed")), "[license.tampered]"));
  write_file(installation.file("empty"), "");
  CHECK(contains(refusal(installation.file("empty")), "[license.none-given]"));
  write_file(installation.file("utf16"), std::string("\xff\xfe"
                                                     "v\0"
                                                     "4\0",
                                                     6));
  CHECK(contains(refusal(installation.file("utf16")), "[license.wrong-kind]"));
  const std::string good = read_file(issuer.issue(1));
  const std::string itself = refusal(good.substr(0, good.find('\n')));
  CHECK(contains(itself, "the licence key itself"));
  CHECK_FALSE(contains(itself, good.substr(0, 40)));
  // Also without an agent that runs.
  installation.agent().signal(SIGTERM);
  REQUIRE(installation.agent().wait());
  CHECK(contains(refusal(installation.file("changed")), "[license.tampered]"));
  REQUIRE(installation.agent_command({"license", "add", issuer.issue(3)}).status == 0);
  CHECK(contains(installation.agent_command({"license", "list"}).out, "0 of 3 taken"));
}

}  // namespace
}  // namespace sfteams::integration
