// Signing in by OAuth at a PBX of version 10, with all the real programs.

#include <csignal>
#include <fstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/contains.h"
#include "tests/integration/installation.h"
#include "tests/temporary_directory.h"

namespace sfteams::integration {
namespace {

const std::string kSecret = "simulator-client-secret";

/// An installation at a PBX of version 10, with these further switches and settings.
struct OauthInstallation {
  explicit OauthInstallation(std::vector<std::string> switches = {},
                             const std::string& auth = "oauth", const std::string& secret = kSecret)
      : secret_file(directory.path() / "secret"), installation([&] {
          std::ofstream(secret_file) << secret << "\n";
          std::filesystem::permissions(secret_file, std::filesystem::perms::owner_read);
          Installation::Options options;
          options.simulator_switches = {"preset=10"};
          for (std::string& one : switches)
            options.simulator_switches.push_back(std::move(one));
          options.agent_uci_settings = "keepalive = 5\nauth = " + auth + "\n";
          if (!secret.empty())
            options.agent_uci_settings += "client-secret-file = " + secret_file.string() + "\n";
          return options;
        }()) {
    installation.start();
  }

  [[nodiscard]] std::uint64_t counter(const char* name) const {
    return installation.simulator_get("/control/state")["counters"][name].asUInt64();
  }
  [[nodiscard]] std::size_t tokens(const std::string& grant,
                                   const std::string& outcome = {}) const {
    return installation.journal_count("token", {}, outcome, grant);
  }

  agent::TemporaryDirectory directory;
  std::filesystem::path secret_file;
  Installation installation;
};

TEST_CASE("a user of a PBX of version 10 signs in by OAuth, calls, and leaves no token behind") {
  OauthInstallation at;
  Installation& installation = at.installation;
  const auto dialling = installation.client_in_background(Installation::kAnna, {"dial", "1002"});
  REQUIRE(eventually([&] { return contains(dialling->out(), "CONNECTED"); }));
  dialling->signal(SIGINT);
  REQUIRE(dialling->wait());
  CHECK(at.tokens("password", "granted") == 1);
  CHECK(installation.journal_count("login", "1001", "accepted") == 1);
  CHECK(eventually([&] { return at.counter("refreshTokensLive") == 0; }));
  CHECK(contains(installation.agent_command({"status"}).out, "sign-in: oauth"));
  // The secret, the password and tokens are not in what the agent has logged.
  const std::string log = installation.agent().err();
  CHECK_FALSE(contains(log, kSecret));
  CHECK_FALSE(contains(log, "anna-secret"));
  CHECK_FALSE(contains(log, "eyJ"));
}

TEST_CASE("tokens are renewed before their end, and events go on to come") {
  const auto renewal = GENERATE(
      table<std::string, std::string>({{"login-after-renewal=kept", "callback-auth=token"},
                                       {"login-after-renewal=lost", "callback-auth=none"}}));
  const std::string& login = std::get<0>(renewal);
  const std::string& callback = std::get<1>(renewal);
  CAPTURE(login, callback);
  // Renewed after half of 30 s at the latest, and not used in its last seconds.
  OauthInstallation at({"oauth-lifetime=30", "oauth-refresh=rotate-strict", login, callback});
  Installation& installation = at.installation;
  const auto watching = installation.client_in_background(Installation::kAnna, {"watch"});
  REQUIRE(eventually([&] { return at.tokens("password", "granted") == 1; }));
  REQUIRE(eventually([&] { return at.tokens("refresh_token", "granted") >= 1; },
                     std::chrono::seconds(40)));
  REQUIRE(eventually([&] {
    return installation.journal_count("login", "1001", "accepted") >=
           (login == "login-after-renewal=lost" ? 2U : 1U);
  }));
  REQUIRE(eventually([&] {
    installation.simulator_post("/control/incoming",
                                R"({"to":"1001","from":"072155501","name":"Zoe"})");
    return contains(watching->out(), "Zoe");
  }));
  CHECK(at.tokens("refresh_token", "refused") == 0);
}

TEST_CASE("what the PBX refuses is told apart, and never asked twice") {
  struct Case {
    std::vector<std::string> switches;
    std::string secret;
    Installation::User user;
    std::string code;
  };
  const Case c = GENERATE(
      Case{{}, kSecret, {"1001", "wrong"}, "uci.login-refused"},
      Case{{"oauth-refusal=unauthorized"}, kSecret, {"1001", "wrong"}, "oauth.refused"},
      Case{{"oauth-refusal=plain-401"}, kSecret, {"1001", "wrong"}, "oauth.refused"},
      Case{{"oauth-refusal=plain-401"}, "another", {"1001", "anna-secret"}, "oauth.refused"},
      Case{{}, "another", {"1001", "anna-secret"}, "oauth.refused"},
      Case{{"oauth=external"}, kSecret, {"1001", "anna-secret"}, "oauth.no-password-grant"},
      Case{{"oauth-discovery=missing"}, kSecret, {"1001", "anna-secret"}, "oauth.not-offered"},
      Case{{"oauth-discovery=other-host"}, kSecret, {"1001", "anna-secret"}, "oauth.elsewhere"},
      Case{{"oauth-discovery=loop"}, kSecret, {"1001", "anna-secret"}, "oauth.bad-document"});
  CAPTURE(c.switches, c.code);
  OauthInstallation at(c.switches, "oauth", c.secret);
  const Finished refused = at.installation.client(c.user, {"login"});
  CHECK(refused.status != 0);
  // The client has words of its own for some of them.
  CHECK(contains(refused.err, c.code));
  CHECK(at.counter("tokenRefusals") <= 1);
}

TEST_CASE("a user without the right costs nobody else the sign-in") {
  OauthInstallation at({"oauth-lifetime=30"});
  Installation& installation = at.installation;
  const std::string ticket = installation.file("ticket").string();
  const auto watching =
      installation.client_in_background(Installation::kAnna, {"--ticket-file", ticket, "watch"});
  REQUIRE(eventually([&] { return at.tokens("password", "granted") == 1; }));
  const Finished refused = installation.client({"1003", "carl-secret"}, {"login"});
  CHECK(contains(refused.err, "oauth.refused"));
  CHECK(contains(refused.err, "API access with password grant"));
  CHECK(contains(refused.err, "client-secret-file"));
  CHECK(installation.client(Installation::kBen, {"login"}).status == 0);
  CHECK(eventually([&] { return at.tokens("refresh_token", "granted") >= 1; }));
  CHECK(watching->running());
}

TEST_CASE("a user whose token UCI does not take is not told that the password is wrong") {
  const std::string answer = GENERATE("false", "fault", "http-401", "http-403", "redirect", "page");
  CAPTURE(answer);
  OauthInstallation at({"refused-login=" + answer});
  Installation& installation = at.installation;
  REQUIRE(installation.client(Installation::kAnna, {"login"}).status == 0);
  for (int time = 0; time < 2; ++time) {
    const Finished refused = installation.client({"1004", "dora-secret"}, {"login"});
    CHECK(contains(refused.err, "oauth.token-not-taken"));
    CHECK(contains(refused.err, "right to UCI"));
  }
  CHECK(at.counter("tokenRefusals") == 0);
  CHECK(contains(installation.agent_command({"status"}).out, "oauth.token-not-taken"));
  CHECK(installation.client(Installation::kBen, {"login"}).status == 0);
}

TEST_CASE("a changed password ends tickets, whichever was typed first") {
  OauthInstallation at;
  Installation& installation = at.installation;
  const std::string ticket = installation.file("ticket").string();
  const std::vector<std::string> login{"--ticket-file", ticket, "login"};
  REQUIRE(installation.client(Installation::kAnna, login).status == 0);
  installation.simulator_post("/control/password", R"({"user":"1001","password":"new"})");
  const bool old_first = GENERATE(true, false);
  CAPTURE(old_first);
  if (old_first) CHECK(installation.client(Installation::kAnna, {"login"}).status != 0);
  REQUIRE(installation.client({"1001", "new"}, {"login"}).status == 0);
  CHECK(contains(installation.client({"1001", "new"}, login).err, "session.ticket-refused"));
}

TEST_CASE("an agent that starts beside its PBX waits for OAuth where it is set up for it") {
  OauthInstallation at({"starting=http-404"}, "automatic");
  CHECK(contains(at.installation.client(Installation::kAnna, {"login"}).err, "uci.unreachable"));
  at.installation.simulator_post("/control/switches", R"({"starting":"no"})");
  CHECK(eventually(
      [&] { return at.installation.client(Installation::kAnna, {"login"}).status == 0; }));
  CHECK(at.tokens("password", "granted") == 1);
}

TEST_CASE("a PBX says by itself how its users sign in") {
  SECTION("by OAuth") {
    OauthInstallation at({}, "automatic");
    CHECK(at.installation.client(Installation::kAnna, {"login"}).status == 0);
    CHECK(at.tokens("password", "granted") == 1);
    CHECK(contains(at.installation.agent_command({"check"}).out, "users sign in by OAuth"));
  }
  SECTION("by the older token") {
    OauthInstallation at({"oauth=no"}, "automatic", "");
    CHECK(at.installation.client(Installation::kAnna, {"login"}).status == 0);
    CHECK(at.counter("tokenRequests") == 0);
    CHECK(contains(at.installation.agent_command({"status"}).out, "sign-in: sha512"));
  }
}

TEST_CASE("a user stays signed in by ticket over a killed agent, with tokens that change") {
  OauthInstallation at({"oauth-refresh=rotate-strict"});
  Installation& installation = at.installation;
  const std::string ticket = installation.file("ticket").string();
  const std::vector<std::string> login{"--ticket-file", ticket, "login"};
  REQUIRE(installation.client(Installation::kAnna, login).status == 0);
  CHECK(at.counter("refreshTokensLive") == 1);
  for (int visit = 1; visit <= 3; ++visit) {
    REQUIRE(eventually([&] {
      return std::filesystem::exists(installation.file("state") / "refresh-tokens.json");
    }));
    installation.agent().signal(visit == 2 ? SIGTERM : SIGKILL);
    REQUIRE(installation.agent().wait());
    installation.start_agent();
    const Finished again = installation.client(Installation::kAnna, login);
    INFO(again.err);
    REQUIRE(again.status == 0);
    CHECK(at.tokens("password") == 1);
    REQUIRE(
        eventually([&] { return at.tokens("refresh_token", "granted") >= std::size_t(visit); }));
  }
  // The PBX ends the sign-in: the password is asked for again, and nothing is tried twice.
  installation.simulator_post("/control/oauth/end", R"({"user":"1001"})");
  installation.agent().signal(SIGTERM);
  REQUIRE(installation.agent().wait());
  installation.start_agent();
  const std::size_t refreshed = at.tokens("refresh_token");
  const Finished over = installation.client(Installation::kAnna, login);
  CHECK(contains(over.err, "[session.ticket-refused]"));
  CHECK(installation.client(Installation::kAnna, login).status == 0);
  CHECK(at.tokens("refresh_token") == refreshed + 1);
  CHECK(at.tokens("password", "granted") == 2);
}

TEST_CASE("who guesses passwords at a PBX with OAuth does not get the agent blocked") {
  OauthInstallation at({"blacklist-after=10", "success-whitelists=no"});
  for (int guess = 0; guess < 14; ++guess) {
    const std::string user = guess % 2 == 0 ? "1001" : "1002";
    CHECK(at.installation.client({user, "guess-" + std::to_string(guess)}, {"login"}).status != 0);
  }
  CHECK(at.counter("tokenRefusals") < 10);
  CHECK(at.counter("ignored") == 0);
}

}  // namespace
}  // namespace sfteams::integration
