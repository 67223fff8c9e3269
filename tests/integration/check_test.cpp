#include <csignal>
#include <map>
#include <regex>

#include <catch2/catch.hpp>

#include "base/json/json.h"
#include "tests/integration/installation.h"

// starface-teams-agent check, against real processes.

namespace sfteams::integration {
namespace {

struct Findings {
  int status = -1;
  std::map<std::string, Json::Value> steps;  ///< the last of each name
  std::vector<std::string> order;
  std::string err;

  [[nodiscard]] std::string verdict(const std::string& step) const {
    const auto found = steps.find(step);
    return found == steps.end() ? "none" : found->second["verdict"].asString();
  }
  [[nodiscard]] std::string text(const std::string& step) const {
    const auto found = steps.find(step);
    return found == steps.end() ? "" : found->second["text"].asString();
  }
  [[nodiscard]] std::string next(const std::string& step) const {
    const auto found = steps.find(step);
    return found == steps.end() ? "" : found->second["next"].asString();
  }
  [[nodiscard]] std::string code(const std::string& step) const {
    const auto found = steps.find(step);
    return found == steps.end() ? "" : found->second["code"].asString();
  }
};

Findings findings_in(const Finished& finished) {
  Findings findings{finished.status, {}, {}, finished.err};
  std::size_t begin = 0;
  for (std::size_t end = finished.out.find('\n'); end != std::string::npos;
       end = finished.out.find('\n', begin)) {
    const Result<Json::Value> line = json::parse(finished.out.substr(begin, end - begin));
    REQUIRE(line);
    const std::string step = (*line)["step"].asString();
    findings.order.push_back(step);
    // What a user is to look after has a stable code, which docs/errors.md explains.
    const std::string verdict = (*line)["verdict"].asString();
    INFO(line->toStyledString());
    if (verdict == "WARN" || verdict == "FAIL") CHECK((*line)["code"].isString());
    findings.steps[step] = *line;
    begin = end + 1;
  }
  return findings;
}

Findings check(Installation& installation, const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments{"check", "--json"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const Findings findings = findings_in(installation.agent_command(arguments));
  std::string all = findings.err;
  for (const auto& [step, finding] : findings.steps)
    all += finding.toStyledString();
  UNSCOPED_INFO(all);
  return findings;
}

}  // namespace

TEST_CASE("check waits for an agent that is just making its tunnel anew") {
  Installation installation;
  installation.start();
  const std::filesystem::path file = installation.file("agent") / "agent.ini";
  std::string text = read_file(file);
  const std::size_t at = text.find("wss://localhost");
  REQUIRE(at != std::string::npos);
  write_file(file, text.replace(at, 15, "wss://127.0.0.1"));
  REQUIRE(installation.agent_command({"reload"}).status == 0);
  CHECK(check(installation).verdict("registration") == "OK");
}

TEST_CASE("what cannot be printed is no success") {
  Installation installation;
  installation.start();
  for (const std::string command : {"status", "check", "key show"}) {
    CAPTURE(command);
    std::string line = Installation::program("starface-teams-agent").string() + " " + command;
    for (const std::string& argument : installation.agent_arguments())
      line += " '" + argument + "'";
    const Finished finished =
        run("/bin/sh", {{"-c", line + " >/dev/full"}, installation.file("full"), "", {}});
    CHECK(finished.status == 74);
    CHECK(contains(finished.err, "[agent.output]"));
  }
}

TEST_CASE("check finds nothing wrong with an installation that works") {
  Installation installation;
  installation.start();
  REQUIRE(installation.client(Installation::kAnna, {"login"}).status == 0);
  const Findings findings = check(installation);
  CHECK(findings.status == 0);
  CHECK(findings.order == std::vector<std::string>{"config", "key", "state", "license", "dns",
                                                   "tcp", "proxy", "tls", "websocket",
                                                   "registration", "round-trip", "ports", "uci",
                                                   "auth", "version", "hosts", "clock"});
  for (const auto& [step, finding] : findings.steps)
    CHECK((finding["verdict"] == "OK") == (step != "hosts"));
  CHECK(contains(findings.text("tls"), "TLSv1.3"));
  CHECK(contains(findings.text("registration"), "since"));
  CHECK(contains(findings.text("clock"), "the connector's"));
  // What the administration page says in another language.
  CHECK(findings.steps.at("websocket")["parts"]["text"][0][0].asString() ==
        "the connector speaks the tunnel's protocol, {0}");
  // A second one disturbs nobody either.
  const Json::Value since = installation.status()["tunnel"]["since"];
  CHECK(check(installation).status == 0);
  CHECK(installation.status()["tunnel"]["since"] == since);
}

TEST_CASE("check signs a user in for a trial, learns the PBX's version, and leaves nobody behind") {
  Installation installation;
  installation.start();
  CHECK(check(installation).verdict("version") == "SKIP");
  const std::string password = installation.file("password").string();
  write_file(password, Installation::kAnna.password + "\n");
  const auto sign_in = [&](const std::string& user) {
    return findings_in(installation.agent_command(
        {"check", "--json", "--user", user, "--password-file", password}));
  };
  const Findings findings = sign_in(Installation::kAnna.name);
  CHECK(findings.status == 0);
  CHECK(findings.verdict("sign-in") == "OK");
  CHECK(findings.verdict("version") == "OK");
  // Nobody has called.
  CHECK(findings.verdict("events") == "SKIP");
  CHECK_FALSE(contains(findings.text("sign-in"), Installation::kAnna.name));
  CHECK(eventually([&] { return installation.status()["sessions"]["open"] == 0; }));

  write_file(password, "wrong\n");
  const Findings wrong = sign_in(Installation::kAnna.name);
  CHECK(wrong.status == 2);
  CHECK(wrong.code("sign-in") == "uci.login-refused");

  const Finished without = installation.agent_command(
      {"check", "--user", "1001", "--password-file", installation.file("none").string()});
  CHECK(without.status == 66);
  CHECK(contains(without.err, "[client.password-unreadable]"));
}

TEST_CASE("check sees an event of the PBX when the user's phone rings meanwhile") {
  Installation installation;
  installation.start();
  const std::string password = installation.file("password").string();
  write_file(password, Installation::kAnna.password + "\n");
  std::vector<std::string> arguments{
      "check", "--json", "--user", Installation::kAnna.name, "--password-file", password};
  for (const std::string& argument : installation.agent_arguments())
    arguments.push_back(argument);
  ChildProcess diagnosis(Installation::program("starface-teams-agent"),
                         {arguments, installation.file("diagnosis"), "", {}});
  REQUIRE(eventually([&] {
    return installation.journal_count("request", Installation::kAnna.name, "ok",
                                      "ucp.v30.requests.service.subscribeEvents") > 0;
  }));
  installation.simulator_post("/control/incoming", R"({"to":"1001","from":"0721555"})");
  CHECK(diagnosis.wait() == 0);
  const Findings findings = findings_in({0, diagnosis.out(), diagnosis.err()});
  CHECK(findings.verdict("sign-in") == "OK");
  CHECK(findings.verdict("events") == "OK");
}

TEST_CASE("check says that the connector makes it wait") {
  Installation::Options options;
  options.connector_settings = "[throttle]\nfirst-delay = 1500\nlongest-delay = 1500\n";
  Installation installation(options);
  installation.start();
  // A failed attempt: with a key that is no more.
  const std::filesystem::path old = installation.file("old.key");
  std::filesystem::copy_file(installation.key_file(), old);
  const std::filesystem::path good = installation.key_file();
  REQUIRE(installation.agent_command({"key", "new", "--revoke"}).status == 0);
  installation.use_key_file(old);
  REQUIRE(installation.client(Installation::kAnna, {"login"}).status != 0);
  const Findings findings = check(installation);
  CHECK(findings.verdict("round-trip") == "OK");
  CHECK(contains(findings.text("round-trip"), "holds this address back"));
  // The wait is told once.
  CHECK_FALSE(contains(findings.text("round-trip"), "first connection"));
  // For a program: nothing but findings.
  CHECK(findings.err.empty());
  // For a person, also one who reads through a pipe: while it waits.
  REQUIRE(installation.client(Installation::kAnna, {"login"}).status != 0);
  const Finished shown = installation.agent_command({"check"});
  CHECK(contains(shown.out, "holds this address back"));
  CHECK(contains(shown.err, "waiting for the connector: "));
}

TEST_CASE("check stands in for an agent that is not running, and goes again") {
  Installation installation;
  installation.start();
  installation.agent().signal(SIGTERM);
  REQUIRE(installation.agent().wait() == 0);
  const Findings findings = check(installation);
  CHECK(findings.status == 2);
  CHECK(findings.code("registration") == "agent.not-running");
  CHECK(contains(findings.text("registration"), "takes the registration all the same"));
  CHECK(contains(findings.next("registration"), "systemctl start"));
  CHECK(findings.verdict("round-trip") == "OK");
  installation.start_agent();
  CHECK(check(installation).verdict("registration") == "OK");
}

TEST_CASE("check gives the agent's place back before it goes on to the PBX") {
  Installation installation;
  installation.start();
  installation.agent().signal(SIGTERM);
  REQUIRE(installation.agent().wait() == 0);
  // The steps behind the round trip take their time.
  installation.simulator().signal(SIGSTOP);
  std::vector<std::string> arguments{"check", "--json"};
  for (const std::string& argument : installation.agent_arguments())
    arguments.push_back(argument);
  ChildProcess diagnosis(Installation::program("starface-teams-agent"),
                         {arguments, installation.file("diagnosis"), "", {}});
  REQUIRE(eventually([&] { return contains(diagnosis.out(), "round-trip"); }));
  CHECK(eventually([&] {
    return installation.agent_command({"key", "new", "--grace", "1h"}).status == 0;
  }));
  CHECK_FALSE(contains(diagnosis.out(), "\"uci\""));
  installation.simulator().signal(SIGCONT);
  CHECK(diagnosis.wait() == 2);
}

TEST_CASE("check with a copy of the identity leaves an agent alone that is connected elsewhere") {
  Installation installation;
  installation.start();
  const Json::Value since = installation.status()["tunnel"]["since"];
  REQUIRE(since.isString());
  const std::filesystem::path copy = installation.file("copy");
  std::filesystem::create_directory(copy);
  for (const char* name : {"identity.json", "key.json"})
    std::filesystem::copy_file(installation.file("state") / name, copy / name);
  std::filesystem::permissions(copy, std::filesystem::perms::owner_all);
  const Findings findings =
      findings_in(run(Installation::program("starface-teams-agent"),
                      {{"check", "--json", "--config", installation.file("agent").string(),
                        "--state-dir", copy.string()},
                       installation.file("copy.check"),
                       "",
                       {}}));
  INFO(findings.text("registration"));
  CHECK(findings.status == 2);
  CHECK(findings.code("registration") == "agent.running-elsewhere");
  CHECK(contains(findings.next("registration"), "stop that one first"));
  CHECK(findings.verdict("round-trip") == "SKIP");
  CHECK(installation.status()["tunnel"]["since"] == since);
  CHECK_FALSE(contains(installation.agent().err(), "tunnel.replaced"));
  CHECK(eventually([&] { return installation.status()["sessions"]["open"] == 0; }));
}

TEST_CASE("check tells an agent that hangs from one that is not running") {
  Installation installation;
  installation.start();
  installation.agent().signal(SIGSTOP);
  const Findings findings = check(installation);
  installation.agent().signal(SIGCONT);
  CHECK(findings.status == 2);
  CHECK(findings.code("registration") == "transport.timeout");
  CHECK(contains(findings.text("registration"), "hangs"));
  CHECK(contains(findings.next("registration"), "systemctl restart"));
  CHECK(findings.verdict("round-trip") == "SKIP");
}

TEST_CASE("check says that the state was open to others, and that the key may be known") {
  Installation installation;
  installation.start();
  using std::filesystem::perms;
  std::filesystem::permissions(installation.file("state"),
                               perms::owner_all | perms::others_read | perms::others_exec);
  std::filesystem::permissions(installation.file("state") / "key.json",
                               perms::owner_read | perms::owner_write | perms::others_read);
  const Findings findings = check(installation);
  CHECK(findings.status == 1);
  CHECK(findings.verdict("state") == "WARN");
  CHECK(contains(findings.text("state"), "key.json was open to other users"));
  CHECK(findings.code("state") == "agent.state-was-open");
  CHECK(contains(findings.next("state"), "key new --revoke"));
  CHECK(check(installation).verdict("state") == "OK");
}

TEST_CASE("check warns of a key without the identity that has the name") {
  Installation installation;
  installation.start();
  installation.agent().signal(SIGTERM);
  REQUIRE(installation.agent().wait() == 0);
  std::filesystem::remove(installation.file("state") / "identity.json");
  const Findings findings = check(installation);
  CHECK(findings.verdict("state") == "WARN");
  CHECK(findings.code("state") == "agent.no-identity");
  CHECK(contains(findings.text("state"), "identity.json is missing"));
  CHECK(contains(findings.next("state"), "backup"));
}

TEST_CASE("check says that the running agent has not read the file yet") {
  Installation installation;
  installation.start();
  const std::string name = installation.status()["registration"]["name"].asString();
  installation.change_agent_ini("name = " + name, "name = other.example.com");
  const Findings renamed = check(installation);
  CHECK(renamed.status == 1);
  CHECK(renamed.verdict("registration") == "WARN");
  CHECK(renamed.code("registration") == "agent.file-not-read");
  CHECK(contains(renamed.text("registration"), "another configuration"));
  CHECK(contains(renamed.next("registration"), "starface-teams-agent reload"));
  CHECK(renamed.verdict("round-trip") == "SKIP");
  installation.change_agent_ini("name = other.example.com", "name = " + name);
  CHECK(check(installation).verdict("registration") == "OK");
  installation.change_agent_ini("[connector]\n", "[connector]\nproxy = 127.0.0.1:1\n");
  const Findings proxied = check(installation);
  CHECK(contains(proxied.text("registration"), "another configuration"));
}

TEST_CASE("check prints findings and nothing else, whatever the connector says") {
  Installation::Options options;
  options.registration = "enrolled";
  options.await_tunnel = false;
  Installation installation(std::move(options));
  installation.start_simulator();
  installation.start_connector();
  installation.start_agent();
  REQUIRE(
      eventually([&] { return contains(installation.agent().err(), "tunnel.name-not-enrolled"); }));
  REQUIRE(installation.agent_command({"key", "new"}).status == 0);
  installation.agent().signal(SIGTERM);
  REQUIRE(installation.agent().wait() == 0);
  const Findings findings = check(installation);
  CHECK(findings.code("registration") == "tunnel.name-not-enrolled");
  CHECK(findings.err.empty());
}

TEST_CASE("check names a name that is somebody else's") {
  Installation installation;
  installation.start();
  const Finished other = run(Installation::program("starface-teams-agent"),
                             {{"key", "new", "--state-dir", installation.file("other").string()},
                              installation.file("other.key"),
                              "",
                              {}});
  REQUIRE(other.status == 0);
  // Without an identity nothing is tried; one is made by a first start.
  {
    ChildProcess first(Installation::program("starface-teams-agent"),
                       {{"run", "--config", installation.file("agent").string(), "--state-dir",
                         installation.file("other").string()},
                        installation.file("other.log"),
                        "",
                        {}});
    REQUIRE(eventually([&] { return contains(first.err(), "tunnel.name-taken"); }));
    first.signal(SIGTERM);
    REQUIRE(first.wait() == 0);
  }
  const Findings findings =
      findings_in(run(Installation::program("starface-teams-agent"),
                      {{"check", "--json", "--config", installation.file("agent").string(),
                        "--state-dir", installation.file("other").string()},
                       installation.file("other.check"),
                       "",
                       {}}));
  CHECK(findings.status == 2);
  CHECK(findings.code("registration") == "tunnel.name-taken");
  CHECK(findings.verdict("round-trip") == "SKIP");
}

TEST_CASE("check tells a certificate that nobody knows from a connector that is not there") {
  Installation installation;
  installation.start();
  installation.change_agent_ini("ca-file = ", "; ca-file = ");
  const Findings unknown = check(installation);
  CHECK(unknown.status == 2);
  CHECK(unknown.verdict("tcp") == "OK");
  CHECK(unknown.code("tls") == "transport.tls-untrusted");
  CHECK(contains(unknown.steps.at("tls")["next"].asString(), "interception"));
  CHECK(unknown.verdict("websocket") == "SKIP");
  // The running agent still has the configuration that it was started with.
  CHECK(unknown.verdict("registration") == "OK");
  installation.change_agent_ini("; ca-file = ", "ca-file = ");
  installation.connector().signal(SIGKILL);
  REQUIRE(installation.connector().wait());
  REQUIRE(eventually([&] { return installation.status()["tunnel"]["state"] != "connected"; }));
  const Findings gone = check(installation);
  CHECK(gone.code("tcp") == "transport.connect-failed");
  CHECK(gone.verdict("registration") == "FAIL");
  CHECK(gone.verdict("uci") == "OK");
}

TEST_CASE("check knows a PBX that is too old, and one that is silent") {
  Installation::Options options;
  options.simulator_switches = {"version=6.7.3.10"};
  Installation installation(std::move(options));
  installation.start();
  CHECK(check(installation).verdict("version") == "SKIP");
  REQUIRE(installation.client(Installation::kAnna, {"login"}).status == 0);
  CHECK(check(installation).code("version") == "agent.pbx-too-old");
  installation.simulator().signal(SIGKILL);
  REQUIRE(installation.simulator().wait());
  const Findings silent = check(installation);
  CHECK(silent.status == 2);
  CHECK(silent.code("uci") == "transport.connect-failed");
}

TEST_CASE("hosts are reached by HTTPS, and one in whose place another answers is named") {
  Installation::Options options;
  Installation installation(std::move(options));
  installation.start();
  const std::string host = installation.connector_url().substr(6);
  installation.change_agent_ini("[log]", "[check]\nhosts = " + host + "\n[log]");
  Findings findings = check(installation);
  CHECK(findings.code("hosts") == "transport.tls-untrusted");
  CHECK(contains(findings.text("hosts"), "interception"));
  // The system's authorities can be named in the environment, as OpenSSL does it.
  std::vector<std::string> arguments{"check", "--json"};
  for (const std::string& argument : installation.agent_arguments())
    arguments.push_back(argument);
  findings = findings_in(run(Installation::program("starface-teams-agent"),
                             {arguments,
                              installation.file("trusting"),
                              "",
                              {"SSL_CERT_FILE=" + installation.file("ca.pem").string()}}));
  INFO(findings.text("hosts"));
  CHECK(findings.verdict("hosts") == "OK");
}

TEST_CASE("a configuration that is wrong stops nothing but what needs it") {
  Installation installation;
  installation.start();
  installation.change_agent_ini("[uci]", "[ucl]");
  const Findings findings = check(installation);
  CHECK(findings.status == 2);
  CHECK(findings.code("config") == "settings.unknown-section");
  CHECK(findings.verdict("key") == "OK");
  CHECK(findings.verdict("dns") == "SKIP");
  CHECK(findings.verdict("clock") != "FAIL");
}

TEST_CASE("a report has everything but secrets and users") {
  Installation::Options options;
  options.agent_settings = "[license]\nnamed = 1001, 1002\nadministrators = 1001\n";
  Installation installation(std::move(options));
  installation.start();
  REQUIRE(installation.client(Installation::kAnna, {"login"}).status == 0);
  const std::filesystem::path file = installation.file("report.txt");
  const Finished finished = installation.agent_command({"check", "--report", file.string()});
  INFO(finished.err);
  CHECK(finished.status == 0);
  CHECK(contains(finished.out, "16 OK, 0 WARN, 0 FAIL, 1 skipped\nreport: " + file.string()));
  const std::string report = read_file(file);
  INFO(report);
  for (const char* part : {"== Findings", "== Configuration", "== Status", "round-trip", "key.json",
                           "libwebsockets", "named = (2 of them)"})
    CHECK(contains(report, part));
  const std::string key = installation.agent_command({"key", "show"}).out;
  CHECK_FALSE(contains(report, key.substr(0, key.find('\n'))));
  const std::size_t second_line = report.find('\n');
  static const std::regex kAgent(
      R"(agent:     starface-teams-agent \d+\.\d+\.\d+ \(commit ([0-9a-f]{8}|unknown)(, modified)?\))");
  CHECK(std::regex_match(report.substr(0, second_line), kAgent));
  // A commit's number may be anything.
  CHECK_FALSE(contains(report.substr(second_line), "1001"));
  const auto mode = std::filesystem::status(file).permissions();
  CHECK((mode & std::filesystem::perms::others_all) == std::filesystem::perms::none);
  // The next one takes its place, but nothing else does.
  CHECK(installation.agent_command({"check", "--report", file.string()}).status == 0);
  const std::filesystem::path ini = installation.file("agent") / "agent.ini";
  const std::string before = read_file(ini);
  const Finished kept = installation.agent_command({"check", "--report", ini.string()});
  CHECK(kept.status == 73);
  CHECK(kept.err.starts_with("starface-teams-agent: [keygen.file-exists]"));
  CHECK(contains(kept.err, "is no earlier report"));
  CHECK(read_file(ini) == before);
  // A place that cannot be written is said so, after the findings.
  const Finished nowhere = installation.agent_command({"check", "--report", "/nowhere/report"});
  CHECK(nowhere.status == 73);
  CHECK(contains(nowhere.err, "keygen.file-not-written"));
}

}  // namespace sfteams::integration
