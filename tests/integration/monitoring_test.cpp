#include <csignal>
#include <map>
#include <optional>
#include <sstream>

#include <catch2/catch.hpp>

#include "base/json/json.h"
#include "tests/integration/http.h"
#include "tests/integration/installation.h"
#include "tests/integration/loopback_port.h"
#include "tests/machine.h"

// What both daemons tell monitoring while they work, and when something is broken.

namespace sfteams::integration {
namespace {

constexpr const char* kWatch = "[watch]\nlisten = 127.0.0.1:0\n";

/// A whole installation whose daemons are watched.
class Watched {
 public:
  Watched() : installation(options()) {
    installation.certify(24h);
    installation.start();
    agent = watch_place(installation.agent());
    connector = watch_place(installation.connector());
  }

  static Installation::Options options() {
    Installation::Options options;
    options.connector_settings = kWatch;
    options.agent_settings = kWatch;
    return options;
  }

  /// Anna calls, Ben listens, somebody has a wrong password and somebody a wrong key.
  void work() {
    const std::filesystem::path old = installation.file("old.key");
    std::filesystem::copy_file(installation.key_file(), old);
    const std::filesystem::path good = installation.key_file();
    REQUIRE(installation.agent_command({"key", "new", "--revoke"}).status == 0);
    REQUIRE(installation.agent_command({"key", "export", "--force", good.string()}).status == 0);
    installation.use_key_file(old);
    REQUIRE(installation.client(Installation::kAnna, {"login"}).status != 0);
    installation.use_key_file(good);

    watcher = installation.client_in_background(Installation::kBen, {"watch", "--for", "300"});
    REQUIRE(eventually([&] { return contains(watcher->err(), "listening for events"); }));
    REQUIRE(installation.client({"1001", "wrong"}, {"login"}).status != 0);
    REQUIRE(installation.client(Installation::kAnna, {"call", "ucp.v30.requests.call.getCallIds"})
                .status == 0);
    const auto dial = installation.client_in_background(Installation::kAnna, {"dial", "1002"});
    REQUIRE(eventually([&] { return contains(watcher->out(), "CONNECTED"); }));
    dial->signal(SIGINT);
    REQUIRE(dial->wait());
  }

  Installation installation;
  std::string agent;
  std::string connector;
  std::unique_ptr<ChildProcess> watcher;
};

std::string metrics(const std::string& place) {
  const HttpAnswer answer = http(place + "/metrics");
  REQUIRE(answer.status == 200);
  return answer.body;
}

/// Gives the agent a floating licence, and nobody a name.
void enter_license(Installation& installation) {
  const auto keygen = [&](const std::vector<std::string>& arguments) {
    Finished finished = run(Installation::program("starface-teams-keygen"),
                            {arguments, installation.file("keygen"), "", {}});
    REQUIRE(finished.status == 0);
    return finished.out;
  };
  const std::string issuer = installation.file("issuer.pem").string();
  const std::string license = installation.file("license").string();
  const std::string told = keygen({"license", "new-issuer", "--out", issuer});
  const std::size_t key = told.find("k4.public.");
  REQUIRE(key != std::string::npos);
  keygen({"license", "issue", "--issuer", issuer, "--holder", "Muster", "--system",
          "pbx.example.com", "--seats", "5", "--from", "2020-01-01", "--until", "2099-12-31",
          "--out", license});
  const std::filesystem::path ini = installation.file("agent") / "agent.ini";
  write_file(ini, read_file(ini) + "[license]\nnamed = nobody\nissuers = " +
                      told.substr(key, told.find_first_of(" \n", key) - key) + "\n");
  REQUIRE(installation.agent_command({"reload"}).status == 0);
  REQUIRE(installation.agent_command({"license", "add", license}).status == 0);
}

/// The value of a sample, "name" or "name{label=…}"; nullopt: it is not there.
std::optional<double> value_of(const std::string& text, const std::string& sample) {
  const std::size_t at = ("\n" + text).find("\n" + sample + " ");
  if (at == std::string::npos) return std::nullopt;
  return std::stod(text.substr(at + sample.size() + 1));
}

std::optional<double> of_agent(const std::string& text, const std::string& sample) {
  return value_of(text, "starface_teams_agent_" + sample);
}
std::optional<double> of_connector(const std::string& text, const std::string& sample) {
  return value_of(text, "starface_teams_connector_" + sample);
}

/// Whether /readyz says no, and only because of this condition.
bool only_misses(const std::string& place, const std::string& condition) {
  const HttpAnswer answer = http(place + "/readyz");
  const Result<Json::Value> told = json::parse(answer.body);
  if (answer.status != 503 || !told) return false;
  const Json::Value& conditions = (*told)["conditions"];
  for (const std::string& name : conditions.getMemberNames()) {
    if (conditions[name]["met"].asBool() == (name == condition)) return false;
  }
  return true;
}

bool ready(const std::string& place) {
  return http(place + "/readyz").status == 200;
}

/// promtool's exit status and what it said; nullopt where it is not installed, which is said.
std::optional<Finished> promtool(const std::vector<std::string>& arguments,
                                 const std::filesystem::path& scratch,
                                 const std::string& input = "") {
  std::string command = "command -v promtool >/dev/null || exit 127; exec promtool";
  for (const std::string& argument : arguments)
    command += " '" + argument + "'";
  Finished finished = run("/bin/sh", {{"-c", command}, scratch / "promtool", input, {}});
  if (finished.status != 127) return finished;
  machine::skipped("the package prometheus is not installed: promtool is missing");
  return std::nullopt;
}

TEST_CASE("the numbers of agent and connector tell what has happened") {
  Watched watched;
  watched.work();
  const std::string agent = metrics(watched.agent);
  INFO(agent);
  CHECK(of_agent(agent, "tunnel_up") == 1);
  CHECK(of_agent(agent, "tunnel_reconnects_total") == 0);
  CHECK(of_agent(agent, "keys") == 1);
  CHECK(of_agent(agent, "users") >= 1);
  CHECK(of_agent(agent, "logins_total{result=\"ok\"}") == 3);
  CHECK(of_agent(agent, "logins_total{result=\"uci.login-refused\"}") == 1);
  CHECK(of_agent(agent, "calls_total{result=\"ok\"}") >= 2);
  CHECK(of_agent(agent, "call_duration_seconds_count") >= 2);
  CHECK(of_agent(agent, "events_total") >= 1);
  CHECK(of_agent(agent, "sessions_opened_total") >= 3);
  CHECK(of_agent(agent, "tunnel_received_bytes_total") > 1000);
  CHECK(of_agent(agent, "tunnel_sent_bytes_total") > 1000);
  CHECK(value_of(agent, "process_open_fds") > 5);
  CHECK(value_of(agent, "process_resident_memory_bytes") > 1e6);

  const std::string connector = metrics(watched.connector);
  INFO(connector);
  CHECK(of_connector(connector, "agents") == 1);
  CHECK(of_connector(connector, "registrations_total{result=\"ok\"}") == 1);
  CHECK(of_connector(connector, "admissions_total{result=\"ok\"}") >= 3);
  CHECK(of_connector(connector, "admissions_total{result=\"tunnel.admission-refused\"}") >= 1);
  CHECK(of_connector(connector, "relayed_bytes_total{from=\"agent\"}") > 1000);
  CHECK(of_connector(connector, "relayed_bytes_total{from=\"client\"}") > 1000);
  CHECK(of_connector(connector, "registry_writes_total") >= 1);
  const auto now =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  const auto end = of_connector(connector, "tls_certificate_not_after_timestamp_seconds");
  REQUIRE(end);
  CHECK(*end - now > 23 * 3600);
  CHECK(*end - now < 25 * 3600);
}

TEST_CASE("neither users nor systems nor addresses are in any number's name") {
  Watched watched;
  watched.work();
  for (const std::string& text : {metrics(watched.agent), metrics(watched.connector)}) {
    for (const char* personal :
         {"1001", "1002", "pbx.example.com", "127.0.0.1", "localhost", "SIP"})
      CHECK_FALSE(contains(text, personal));
  }
}

TEST_CASE("promtool finds nothing to complain about in what both daemons tell") {
  Watched watched;
  watched.work();
  for (const std::string& text : {metrics(watched.agent), metrics(watched.connector)}) {
    const auto checked = promtool({"check", "metrics"}, watched.installation.directory(), text);
    if (!checked) return;
    INFO(checked->out << checked->err);
    CHECK(checked->status == 0);
    CHECK(checked->out.empty());
    CHECK(checked->err.empty());
  }
}

TEST_CASE("the alerts are rules, and come when they should") {
  const ScratchDirectory scratch;
  const std::filesystem::path packaging = SFTEAMS_SOURCE_DIR "/packaging/prometheus-alerts.yml";
  const std::filesystem::path played = SFTEAMS_SOURCE_DIR "/tests/integration/alerts.yml";
  std::filesystem::copy_file(packaging, scratch.path() / packaging.filename());
  std::filesystem::copy_file(played, scratch.path() / played.filename());
  const auto checked = promtool(
      {"check", "rules", (scratch.path() / packaging.filename()).string()}, scratch.path());
  if (!checked) return;
  INFO(checked->out << checked->err);
  CHECK(checked->status == 0);
  const auto tested =
      promtool({"test", "rules", (scratch.path() / played.filename()).string()}, scratch.path());
  REQUIRE(tested);
  INFO(tested->out << tested->err);
  CHECK(tested->status == 0);
}

TEST_CASE("every metric that an alert asks for is told by one of the daemons") {
  Watched watched;
  watched.work();
  REQUIRE(watched.installation.agent_command({"key", "new", "--grace", "1h"}).status == 0);
  enter_license(watched.installation);
  const std::string told = metrics(watched.agent) + metrics(watched.connector);
  const std::string alerts = read_file(SFTEAMS_SOURCE_DIR "/packaging/prometheus-alerts.yml");
  std::size_t asked = 0;
  for (const std::string prefix : {"starface_teams_agent_", "starface_teams_connector_"}) {
    for (std::size_t at = alerts.find(prefix); at != std::string::npos;
         at = alerts.find(prefix, at + 1)) {
      const std::string name =
          alerts.substr(at, alerts.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", at) - at);
      CAPTURE(name);
      // Those of a cluster: tests/connector/cluster_status_test.cpp.
      if (name.starts_with("starface_teams_connector_cluster_")) continue;
      CHECK(contains(told, "# TYPE " + name + " "));
      ++asked;
    }
  }
  CHECK(asked > 15);
}

TEST_CASE("every metric that is told stands in the documentation") {
  Watched watched;
  watched.work();
  REQUIRE(watched.installation.agent_command({"key", "new", "--grace", "1h"}).status == 0);
  enter_license(watched.installation);
  const std::string book = read_file(SFTEAMS_SOURCE_DIR "/docs/monitoring.md");
  std::istringstream lines(metrics(watched.agent) + metrics(watched.connector));
  std::size_t told = 0;
  for (std::string line; std::getline(lines, line);) {
    const std::string mark = "# TYPE ";
    if (!line.starts_with(mark)) continue;
    std::string name = line.substr(mark.size(), line.rfind(' ') - mark.size());
    for (const std::string prefix : {"starface_teams_agent_", "starface_teams_connector_"}) {
      if (name.starts_with(prefix)) name.erase(0, prefix.size());
    }
    CAPTURE(name);
    CHECK((contains(book, "`" + name + "`") || contains(book, "`" + name + "{")));
    ++told;
  }
  CHECK(told > 50);
}

TEST_CASE("readyz says which part is missing, and when it is back") {
  Watched watched;
  CHECK(eventually([&] { return ready(watched.agent); }));
  CHECK(ready(watched.connector));

  watched.installation.simulator().signal(SIGKILL);
  CHECK(eventually([&] { return only_misses(watched.agent, "uci"); }));
  CHECK(of_agent(metrics(watched.agent), "uci_up") == 0);
  watched.installation.start_simulator();
  CHECK(eventually([&] { return ready(watched.agent); }));

  watched.installation.connector().signal(SIGTERM);
  CHECK(watched.installation.connector().wait() == 0);
  CHECK(eventually([&] { return only_misses(watched.agent, "tunnel"); }));
  CHECK(http(watched.agent + "/healthz").status == 200);
  const std::string down = metrics(watched.agent);
  CHECK(of_agent(down, "tunnel_up") == 0);
  watched.installation.start_connector();
  CHECK(eventually([&] { return ready(watched.agent); }));
  CHECK(of_agent(metrics(watched.agent), "tunnel_reconnects_total") == 1);
}

TEST_CASE("a PBX that does not answer does not keep monitoring waiting") {
  Watched watched;
  CHECK(eventually([&] { return ready(watched.agent); }));
  watched.installation.simulator().signal(SIGSTOP);
  for (int asked = 0; asked < 20; ++asked) {
    const auto before = std::chrono::steady_clock::now();
    CHECK(http(watched.agent + "/readyz").status != 0);
    CHECK(http(watched.agent + "/metrics").status == 200);
    CHECK(std::chrono::steady_clock::now() - before < 2s);
  }
  CHECK(eventually([&] { return only_misses(watched.agent, "uci"); }));
  watched.installation.simulator().signal(SIGCONT);
}

TEST_CASE("however often it is asked, the PBX is not asked more often") {
  Watched watched;
  CHECK(eventually([&] { return ready(watched.agent); }));
  const auto asked_pbx = [&] {
    return watched.installation.simulator_get("/control/journal?limit=20000")["entries"].size();
  };
  const auto before = asked_pbx();
  for (int asked = 0; asked < 200; ++asked)
    static_cast<void>(http(watched.agent + "/readyz"));
  CHECK(asked_pbx() - before <= 2);
}

TEST_CASE("a reload moves monitoring, and a port that is taken is refused and changes nothing") {
  Watched watched;
  const std::filesystem::path file = watched.installation.file("agent") / "agent.ini";
  const std::string ini = read_file(file);
  const auto change = [&](const std::string& listen) {
    std::string text = ini;
    const std::string from = "listen = 127.0.0.1:0";
    write_file(file, text.replace(text.rfind(from), from.size(), listen));
    return watched.installation.agent_command({"reload"});
  };
  const std::string taken = watched.connector.substr(std::string("http://").size());
  const Finished refused = change("listen = " + taken);
  CHECK(refused.status == 69);
  CHECK(contains(refused.err, "[transport.listen-failed]"));
  CHECK(http(watched.agent + "/healthz").status == 200);

  // Another port is enough where there is no IPv6 for another address.
  const std::string elsewhere = has_ipv6_loopback() ? "[::1]:" : "127.0.0.1:";
  CHECK(contains(change("listen = " + elsewhere + "0").out, "monitoring"));
  const std::string moved = watch_place(watched.installation.agent());
  CHECK(contains(moved, elsewhere));
  CHECK(http(moved + "/healthz").status == 200);
  CHECK(http(watched.agent + "/healthz").status == 0);

  CHECK(change("listen =").status == 0);
  CHECK(http(moved + "/healthz").status == 0);
}

}  // namespace
}  // namespace sfteams::integration
