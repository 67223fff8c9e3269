// starface-teams-agent check --probe, at a stand-in PBX with every variant of what is not known.

#include <csignal>
#include <fstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/json/json.h"
#include "tests/contains.h"
#include "tests/integration/installation.h"

namespace sfteams::integration {
namespace {

const std::string kClientSecret = "simulator-client-secret";
const std::string kCaller = "072155501";

/// A PBX, and an agent's configuration for it; no agent runs.
class ProbeScene {
 public:
  explicit ProbeScene(std::vector<std::string> switches, const std::string& secret = kClientSecret)
      : installation_([&] {
          Installation::Options options;
          options.simulator_switches = std::move(switches);
          options.simulator_switches.emplace_back("answer-time=10");
          return options;
        }()) {
    installation_.start_simulator();
    const Json::Value ports = json::parse(read_file(installation_.file("simulator.ports"))).value();
    std::filesystem::create_directory(installation_.file("agent"));
    std::string ini =
        "[system]\nname = pbx.example.com\n[connector]\nurl = wss://localhost:1\n[uci]\nauth = "
        "automatic\nkeepalive = 5\n";
    ini += "url = http://127.0.0.1:" + std::to_string(ports["http"].asUInt()) + "\n";
    if (!secret.empty()) {
      write_file(installation_.file("secret"), secret + "\n");
      std::filesystem::permissions(installation_.file("secret"),
                                   std::filesystem::perms::owner_read);
      ini += "client-secret-file = " + installation_.file("secret").string() + "\n";
    }
    write_file(installation_.file("agent") / "agent.ini", ini);
  }

  [[nodiscard]] ChildProcess start(const std::vector<std::string>& more,
                                   const std::string& password = "anna-secret") {
    std::vector<std::string> arguments{"check", "--probe", "--user", "1001"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const std::vector<std::string> where = installation_.agent_arguments();
    arguments.insert(arguments.end(), where.begin(), where.end());
    return {Installation::program("starface-teams-agent"),
            {arguments, installation_.file("probe" + std::to_string(++runs_)), password + "\n"}};
  }

  /// Has the phone ring, and the caller hang up, until the probe has ended.
  [[nodiscard]] Finished probe(const std::vector<std::string>& more = {"--wait", "20"},
                               const std::string& password = "anna-secret") {
    ChildProcess process = start(more, password);
    const bool calls = more != kNoCalls;
    static_cast<void>(eventually(
        [&] {
          if (calls && process.running()) call();
          return !process.running();
        },
        std::chrono::seconds(50)));
    const int status = process.wait().value_or(-1);
    UNSCOPED_INFO(process.out() << process.err());
    return {status, process.out(), process.err()};
  }

  void call() {
    const Json::Value rings = installation_.simulator_post(
        "/control/incoming", R"({"to":"1001","from":")" + kCaller + R"(","name":"Zoe"})");
    for (const Json::Value& id : rings["callIds"]) {
      Json::Value body(Json::objectValue);
      body["callId"] = id;
      installation_.simulator_post("/control/hangup", json::write(body));
    }
  }

  [[nodiscard]] Installation& installation() { return installation_; }

  static inline const std::vector<std::string> kNoCalls{"--wait", "0"};

 private:
  Installation installation_;
  int runs_ = 0;
};

/// A question's line and its facts.
std::string part_of(const std::string& report, const std::string& question) {
  const std::size_t begin = report.find(question);
  if (begin == std::string::npos) return {};
  std::size_t end = report.find('\n', begin);
  while (end != std::string::npos && report.compare(end, 5, "\n    ") == 0)
    end = report.find('\n', end + 1);
  return report.substr(begin, end - begin);
}

const std::string kOlder = "1 events come after a login by the older token";
const std::string kKept = "2 the login outlives the change of its token";
const std::string kOver = "2 events come after a change of the token";
const std::string kExpired = "3 a token that is over is turned away";
const std::string kZone = "6 a call's startTime is UTC";
const std::string kRest = "8 REST is offered";
const std::string kOauth = "8 OAuth is offered";
const std::string kTaken = "9 the older token is taken";

void check_nothing_private(const std::string& text) {
  for (const std::string& never :
       {std::string("anna"), std::string("1001"), kClientSecret, kCaller, std::string("eyJ"),
        std::string("Zoe"), std::string("127.0.0.1"), std::string("localhost")}) {
    CAPTURE(never);
    CHECK_FALSE(contains(text, never));
  }
}

TEST_CASE("a probe at version 10 answers every question, and tells nothing private") {
  ProbeScene scene({"preset=10", "oauth-lifetime=4"});
  const std::string file = scene.installation().file("report.txt").string();
  const Finished finished = scene.probe({"--wait", "20", "--report", file});
  REQUIRE(finished.status == 0);
  const std::string report = read_file(file);
  CHECK(contains(finished.out, report));
  CHECK(report.starts_with("agent:     starface-teams-agent "));
  CHECK(contains(report, "pbx:       10.0.2.6\n"));
  CHECK_FALSE(contains(report, "not found out: skipped"));
  CHECK(contains(part_of(report, kOlder), ": yes"));
  CHECK(contains(part_of(report, kOlder), "auth in the callback's query: legacy token"));
  CHECK(contains(part_of(report, kOlder), "jwt in the callback's query: none"));
  CHECK(contains(part_of(report, kKept), ": yes"));
  CHECK(contains(part_of(report, kOver), ": yes"));
  CHECK(contains(part_of(report, kOver), "jwt in the callback's query: JWT"));
  CHECK(contains(part_of(report, kOver), "JWTs in the callback's query: the first one"));
  CHECK(contains(part_of(report, kExpired), "token: one that is over"));
  CHECK(contains(part_of(report, kExpired), "answer: HTTP 401"));
  CHECK(contains(part_of(report, "4 the PBX lists"), "ucp.v30.requests.callList"));
  CHECK(contains(part_of(report, "5 the PBX says"), "type: string"));
  CHECK(contains(part_of(report, kZone), ": yes"));
  CHECK(contains(
      report,
      "7 the right password is taken after three wrong ones: not found out: not asked for"));
  CHECK(contains(part_of(report, kOauth),
                 "token_endpoint: /auth/realms/pbx/oauth2/token at the PBX, http"));
  CHECK(contains(part_of(report, kOauth), "a token's life: 4 s"));
  CHECK(contains(part_of(report, kOauth), "revocation: HTTP 200"));
  CHECK(contains(part_of(report, "8 login-config is there"), ": yes"));
  CHECK(contains(part_of(report, kRest), "/rest/users/me: HTTP 200, application/json, JSON"));
  CHECK(contains(part_of(report, kRest), "/rest/permissions: HTTP 403"));
  CHECK(contains(part_of(report, kTaken), ": yes"));
  check_nothing_private(report);
  // Nothing is left behind, and no wrong password was sent.
  const Json::Value state = scene.installation().simulator_get("/control/state");
  CHECK(state["counters"]["refreshTokensLive"].asUInt64() == 0);
  CHECK(state["counters"]["tokenRefusals"].asUInt64() == 0);
  CHECK(state["logins"].asUInt64() == 0);
}

TEST_CASE("what the callback carries of a token of OAuth is told apart") {
  const auto variant = GENERATE(table<std::string, std::string, std::string>(
      {{"callback-auth=none", "none", "none"}, {"callback-auth=legacy", "legacy token", "none"}}));
  ProbeScene scene({"preset=10", "oauth-lifetime=3", std::get<0>(variant)});
  const Finished finished = scene.probe();
  const std::string part = part_of(finished.out, kOver);
  CHECK(contains(part, ": yes"));
  CHECK(contains(part, "auth in the callback's query: " + std::get<1>(variant)));
  CHECK(contains(part, "jwt in the callback's query: " + std::get<2>(variant)));
}

TEST_CASE("a login that is lost with its token is told from one that is kept") {
  ProbeScene scene({"preset=10", "oauth-lifetime=4", "login-after-renewal=lost"});
  const Finished finished = scene.probe();
  CHECK(contains(part_of(finished.out, kKept), ": no"));
  CHECK(contains(part_of(finished.out, kKept),
                 "keepAlive afterwards: HTTP 200, text/xml, XML-RPC boolean false"));
  CHECK(contains(part_of(finished.out, kKept),
                 "new login: HTTP 200, text/xml, XML-RPC boolean true"));
  CHECK(contains(part_of(finished.out, kOver), ": yes"));
}

TEST_CASE("a token that changed before the login is none that changed behind it") {
  ProbeScene scene({"preset=10", "oauth-lifetime=4", "login-after-renewal=lost"});
  // Nobody calls, so the older token is tried until the first token of OAuth has to be renewed.
  ChildProcess process = scene.start({"--wait", "3"});
  REQUIRE(process.wait() == 0);
  CHECK(contains(part_of(process.out(), kKept), ": no"));
}

TEST_CASE("after a refused renewal the PBX sees one dead token, and no more") {
  ProbeScene scene({"preset=10", "oauth-lifetime=4", "oauth-refresh-lifetime=0"});
  const Finished finished = scene.probe({"--wait", "5"});
  CHECK(contains(part_of(finished.out, kKept), "renew"));
  CHECK(contains(part_of(finished.out, kExpired), ": yes"));
  CHECK(contains(part_of(finished.out, kRest), "signed in by: a nonce"));
  const Json::Value state = scene.installation().simulator_get("/control/state");
  CHECK(state["counters"]["wrongTokens"].asUInt64() == 1);
  CHECK(state["counters"]["restRefusals"].asUInt64() == 0);
  CHECK(state["logins"].asUInt64() == 0);
}

TEST_CASE("the ways in which a PBX turns a dead token away are told apart") {
  const auto variant = GENERATE(
      table<std::string, std::string>({{"http-401", "answer: HTTP 401, "},
                                       {"http-403", "answer: HTTP 403, "},
                                       {"redirect", "answer: HTTP 302, "},
                                       {"page", "answer: HTTP 200, text/html, a web page"},
                                       {"fault", "answer: HTTP 200, text/xml, XML-RPC fault 0 "},
                                       {"http-500", "answer: HTTP 500, "},
                                       {"close", "not found out: no answer came"}}));
  ProbeScene scene({"preset=10", "jwt-refusal=" + std::get<0>(variant)});
  const Finished finished = scene.probe(ProbeScene::kNoCalls);
  CHECK(finished.status == 0);
  const std::string part = part_of(finished.out, kExpired);
  CHECK(contains(part, std::get<1>(variant)));
  CHECK(contains(part, "token: one with another signature"));
  CHECK(contains(part_of(finished.out, kOver), "not found out: skipped"));
  check_nothing_private(finished.out);
}

TEST_CASE("what a PBX does not offer is told") {
  SECTION("version 8 has no OAuth, and REST by a nonce") {
    ProbeScene scene({"preset=8"});
    const Finished finished = scene.probe(ProbeScene::kNoCalls);
    CHECK(contains(part_of(finished.out, kOauth), ": no\n    answer: HTTP 404"));
    CHECK(contains(part_of(finished.out, kKept),
                   "not found out: no tokens here (oauth.not-offered)"));
    CHECK(contains(part_of(finished.out, kRest), "signed in by: a nonce"));
    CHECK(contains(part_of(finished.out, kRest), "/rest/users/me: HTTP 200"));
    CHECK(contains(part_of(finished.out, "8 login-config is there"), ": no"));
    CHECK(contains(finished.out, "pbx:       8.1.0.4\n"));
    check_nothing_private(finished.out);
  }
  SECTION("no revocation, no REST") {
    ProbeScene scene({"preset=10", "oauth-revocation=no", "rest=no"});
    const Finished finished = scene.probe(ProbeScene::kNoCalls);
    CHECK(contains(part_of(finished.out, kOauth), "revocation_endpoint: none"));
    CHECK_FALSE(contains(part_of(finished.out, kOauth), "revocation: "));
    CHECK(contains(part_of(finished.out, kRest), ": no\n"));
    CHECK(contains(part_of(finished.out, kRest), "/rest/users/me: HTTP 404"));
  }
  SECTION("an identity provider elsewhere") {
    ProbeScene scene({"preset=10", "oauth=external"});
    const Finished finished = scene.probe(ProbeScene::kNoCalls);
    CHECK(finished.status == 0);
    CHECK(contains(part_of(finished.out, kKept), "the PBX gives no tokens for passwords"));
    CHECK(contains(part_of(finished.out, kTaken), "refused, but the password may be wrong"));
  }
  SECTION("a sign-in at another host that nobody has allowed") {
    ProbeScene scene({"preset=10", "oauth-discovery=other-host"});
    const Finished finished = scene.probe(ProbeScene::kNoCalls);
    CHECK(contains(part_of(finished.out, kOauth), "which [uci] oauth-hosts does not name"));
    CHECK(contains(part_of(finished.out, kKept), "no tokens here (oauth.elsewhere)"));
    CHECK(contains(part_of(finished.out, kTaken), ": yes"));
    check_nothing_private(finished.out);
  }
  SECTION("no older token, as version 11 is said to be") {
    ProbeScene scene({"preset=10", "tokens=none"});
    const Finished finished = scene.probe(ProbeScene::kNoCalls);
    CHECK(contains(part_of(finished.out, kTaken), ": no\n"));
    CHECK(contains(part_of(finished.out, kOlder), "the older token was not taken"));
    CHECK(contains(part_of(finished.out, "5 the PBX says"), ": yes"));
  }
  SECTION("an agent without a client's secret asks for no token") {
    ProbeScene scene({"preset=10"}, "");
    const Finished finished = scene.probe(ProbeScene::kNoCalls);
    CHECK(contains(part_of(finished.out, kKept),
                   "neither [uci] client-secret-file nor client-id is set"));
    CHECK(scene.installation()
              .simulator_get("/control/state")["counters"]["tokenRequests"]
              .asUInt64() == 0);
  }
}

TEST_CASE("a zone of the PBX shows in the times of calls") {
  ProbeScene scene({"preset=8", "utc-offset-minutes=60"});
  const Finished finished = scene.probe();
  CHECK(contains(part_of(finished.out, kZone), ": no\n"));
  CHECK(contains(part_of(finished.out, kZone), "ahead of UTC: +60 min"));
}

TEST_CASE("a wrong password is sent once by each way, and nothing follows") {
  ProbeScene scene({"preset=10"});
  const Finished finished = scene.probe(ProbeScene::kNoCalls, "wrong");
  CHECK(finished.status == 0);
  CHECK(contains(part_of(finished.out, kTaken), "the password may be wrong"));
  CHECK(contains(part_of(finished.out, kRest), "could not be signed in"));
  const Json::Value counters = scene.installation().simulator_get("/control/state")["counters"];
  CHECK(counters["tokenRefusals"].asUInt64() == 1);
  CHECK(counters["wrongTokens"].asUInt64() == 1);
  CHECK(counters["restRefusals"].asUInt64() == 0);
}

TEST_CASE("three wrong passwords are sent when they are asked for, and no more") {
  const bool blocks = GENERATE(false, true);
  CAPTURE(blocks);
  std::vector<std::string> switches{"preset=10", "success-whitelists=no"};
  if (blocks) switches.emplace_back("blacklist-after=4");  // the garbled token is one of them
  ProbeScene scene(switches);
  const Finished finished = scene.probe({"--wait", "0", "--wrong-passwords"});
  CHECK(finished.status == 0);
  const std::string part = part_of(finished.out, "7 the right password");
  CHECK(contains(part, blocks ? ": no\n" : ": yes\n"));
  CHECK(contains(part,
                 "wrong ones: HTTP 400, application/json, JSON, error invalid_grant; HTTP 400"));
  CHECK(contains(part, blocks ? "the right one: no answer (" : "the right one: HTTP 200"));
  CHECK(contains(finished.err, "exactly three wrong passwords"));
  CHECK(scene.installation()
            .simulator_get("/control/state")["counters"]["tokenRefusals"]
            .asUInt64() == 3);
  check_nothing_private(finished.out);
}

TEST_CASE("a probe that is broken off tells what it knows, and signs out") {
  ProbeScene scene({"preset=10"});
  ChildProcess process = scene.start({"--wait", "60", "--json"});
  REQUIRE(eventually(
      [&] { return scene.installation().journal_count("login", "1001", "accepted") == 1; }));
  REQUIRE(eventually([&] {
    return scene.installation().journal_count("request", "1001", "ok",
                                              "ucp.v30.requests.callList.getCallList") == 1;
  }));
  process.signal(SIGINT);
  REQUIRE(process.wait() == 0);
  const Json::Value report = json::parse(process.out()).value();
  CHECK(report["form"].asInt() == 1);
  CHECK(report["pbxVersion"].asString() == "10.0.2.6");
  CHECK(report["findings"].size() == 12);
  CHECK(report["findings"][0]["why"].asString() == "broken off");
  check_nothing_private(process.out());
  const Json::Value state = scene.installation().simulator_get("/control/state");
  CHECK(state["logins"].asUInt64() == 0);
  CHECK(state["counters"]["refreshTokensLive"].asUInt64() == 0);
}

TEST_CASE("a probe that cannot run says why by its status") {
  ProbeScene scene({"preset=10"});
  CHECK(scene.start({"--wait", "601"}).wait() == 64);
  const std::string other = scene.installation().file("other").string();
  write_file(other, "no report\n");
  CHECK(scene.start({"--wait", "0", "--report", other}).wait() == 73);
  CHECK(read_file(other) == "no report\n");
  CHECK(scene.installation().journal_count("login", "1001", "accepted") == 0);
  CHECK(scene.start({"--wait", "0"}, "").wait() == 65);
  scene.installation().simulator().signal(SIGKILL);
  REQUIRE(scene.installation().simulator().wait());
  CHECK(scene.start({"--wait", "0"}).wait() == 69);
  std::filesystem::remove(scene.installation().file("secret"));
  CHECK(scene.start({"--wait", "0"}).wait() == 78);
  CHECK(scene.installation().agent_command({"check", "--wait", "1"}).status == 64);
}

TEST_CASE("a probe does not disturb the sessions of an agent that runs") {
  Installation installation;
  installation.start();
  const auto watching = installation.client_in_background(Installation::kBen, {"watch"});
  REQUIRE(eventually([&] { return installation.journal_count("login", "1002", "accepted") == 1; }));
  const std::string password = installation.file("password").string();
  write_file(password, "anna-secret\n");
  const Finished finished = installation.agent_command(
      {"check", "--probe", "--user", "1001", "--password-file", password, "--wait", "0"});
  INFO(finished.out << finished.err);
  CHECK(finished.status == 0);
  CHECK(contains(part_of(finished.out, kTaken), ": yes"));
  REQUIRE(eventually([&] {
    installation.simulator_post("/control/incoming",
                                R"({"to":"1002","from":"072155501","name":"Zoe"})");
    return contains(watching->out(), "Zoe");
  }));
  CHECK(installation.journal_count("login", "1002", "accepted") == 1);
}

}  // namespace
}  // namespace sfteams::integration
