#include <csignal>
#include <memory>
#include <string>

#include <catch2/catch.hpp>

#include "tests/integration/installation.h"
#include "tests/integration/loopback_port.h"
#include "tests/machine.h"

// The agent and the client behind a real proxy.

namespace sfteams::integration {
namespace {

const std::filesystem::path kTinyproxy = "/usr/bin/tinyproxy";

class Tinyproxy {
 public:
  /// `more`: further lines of its configuration.
  explicit Tinyproxy(const std::string& more) : port_(free_loopback_port()) {
    const std::filesystem::path file = scratch_.path() / "tinyproxy.conf";
    write_file(file, "Port " + std::to_string(port_) +
                         "\nListen 127.0.0.1\nTimeout 600\nMaxClients 100\nLogLevel Info\n"
                         "Allow 127.0.0.1\n" +
                         more);
    start(file);
  }

  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  void kill() {
    process_->signal(SIGKILL);
    REQUIRE(process_->wait());
  }
  void start_again() { start(scratch_.path() / "tinyproxy.conf"); }
  /// How many connections it took.
  [[nodiscard]] std::size_t connections() const {
    const std::string log = process_->out() + process_->err();
    std::size_t count = 0;
    for (std::size_t at = log.find("Connect (file descriptor"); at != std::string::npos;
         at = log.find("Connect (file descriptor", at + 1))
      ++count;
    return count;
  }
  /// How many connections to `target` it was asked for.
  [[nodiscard]] std::size_t asked_for(const std::string& target) const {
    const std::string log = process_->out() + process_->err();
    std::size_t count = 0;
    for (std::size_t at = log.find("CONNECT " + target); at != std::string::npos;
         at = log.find("CONNECT " + target, at + 1))
      ++count;
    return count;
  }

 private:
  void start(const std::filesystem::path& file) {
    process_ = std::make_unique<ChildProcess>(
        kTinyproxy,
        ChildProcess::Options{{"-d", "-c", file.string()}, scratch_.path() / "tinyproxy", "", {}});
    REQUIRE(eventually([&] {
      return contains(process_->out() + process_->err(), "Accepting connections") ||
             !process_->running();
    }));
    INFO(process_->out() + process_->err());
    REQUIRE(process_->running());
  }

  ScratchDirectory scratch_;
  std::uint16_t port_;
  std::unique_ptr<ChildProcess> process_;
};

bool there_is_a_proxy() {
  return machine::has_installed(kTinyproxy, "tinyproxy-bin");
}

Installation::Options behind_proxy(const std::string& proxy, bool await_tunnel = true) {
  Installation::Options options;
  options.await_tunnel = await_tunnel;
  options.agent_tunnel_settings = "proxy = " + proxy + "\ndial-timeout = 5\nreconnect-max = 1\n";
  options.log_level = "trace";
  return options;
}

void start_without_tunnel(Installation& installation) {
  installation.start_simulator();
  installation.start_connector();
  installation.start_agent();
}

/// Waits for the tunnel's error.
Json::Value tunnel_error(Installation& installation) {
  Json::Value tunnel;
  CHECK(eventually([&] {
    tunnel = installation.status()["tunnel"];
    return tunnel["error"].isObject();
  }));
  INFO(installation.agent().err() + tunnel.toStyledString());
  return tunnel["error"];
}

}  // namespace

TEST_CASE("the tunnel runs through a proxy that wants a password") {
  if (!there_is_a_proxy()) return;
  const Tinyproxy proxy("BasicAuth anna pr0xy-secret\n");
  Installation installation(behind_proxy("http://anna:pr0xy%2Dsecret@" + proxy.address()));
  installation.start();
  const Finished login = installation.client(Installation::kAnna, {"login"});
  INFO(login.err);
  CHECK(login.status == 0);
  CHECK(proxy.asked_for(installation.connector_url().substr(6)) == 1);
  CHECK(installation.status()["tunnel"]["proxy"] == proxy.address());
  // Neither in the log at its most talkative level nor in what the commands show.
  const std::string shown = installation.agent().err() +
                            installation.agent_command({"status"}).out +
                            installation.agent_command({"config", "check"}).out;
  CHECK(contains(shown, proxy.address()));
  const Finished check =
      installation.agent_command({"check", "--report", installation.file("report").string()});
  CHECK(contains(check.out, proxy.address() + " opens the way"));
  CHECK(contains(read_file(installation.file("report")), "(credentials)@" + proxy.address()));
  CHECK_FALSE(contains(check.out + read_file(installation.file("report")), "pr0xy"));
  CHECK_FALSE(contains(shown, "pr0xy"));
}

TEST_CASE("a wrong password of the proxy is told apart from a missing one") {
  if (!there_is_a_proxy()) return;
  const Tinyproxy proxy("BasicAuth anna secret\n");
  {
    Installation installation(behind_proxy("http://anna:wrong@" + proxy.address(), false));
    start_without_tunnel(installation);
    const Json::Value error = tunnel_error(installation);
    CHECK(error["code"] == "transport.proxy-authentication");
    CHECK(contains(error["message"].asString(), "does not accept"));
  }
  Installation installation(behind_proxy("http://" + proxy.address(), false));
  start_without_tunnel(installation);
  CHECK(contains(tunnel_error(installation)["message"].asString(), "wants a user"));
}

TEST_CASE("check offers a wrong password to the proxy once, and blames nobody else") {
  if (!there_is_a_proxy()) return;
  const Tinyproxy proxy("BasicAuth anna secret\n");
  Installation::Options options = behind_proxy("http://anna:wrong@" + proxy.address(), false);
  options.agent_settings = "[check]\nhosts = a.example.com, b.example.com, c.example.com\n";
  Installation installation(std::move(options));
  start_without_tunnel(installation);
  REQUIRE(installation.agent_command({"key", "new"}).status == 0);
  // The agent offers it, too, and waits a minute then.
  CHECK(tunnel_error(installation)["code"] == "transport.proxy-authentication");
  const std::size_t before = proxy.connections();
  const Finished check = installation.agent_command({"check"});
  INFO(check.out);
  CHECK(contains(check.out, "FAIL  proxy         [transport.proxy-authentication]"));
  CHECK(contains(check.out, "SKIP  round-trip    the connector was not reached"));
  CHECK(contains(check.out, "SKIP  hosts         the proxy does not open the way"));
  CHECK(proxy.connections() == before + 1);
}

TEST_CASE("check says when it has the proxy that fails from the environment") {
  if (!there_is_a_proxy()) return;
  const Tinyproxy proxy("BasicAuth anna secret\n");
  Installation installation;
  installation.start();
  std::string ini = read_file(installation.file("agent") / "agent.ini");
  const std::size_t host = ini.find("localhost");
  REQUIRE(host != std::string::npos);
  write_file(installation.file("agent") / "agent.ini", ini.replace(host, 9, "far.invalid"));
  std::vector<std::string> arguments{"check"};
  for (const std::string& argument : installation.agent_arguments())
    arguments.push_back(argument);
  const Finished check = run(Installation::program("starface-teams-agent"),
                             {arguments,
                              installation.file("check"),
                              "",
                              {"HTTPS_PROXY=http://anna:wrong@" + proxy.address()}});
  INFO(check.out);
  CHECK(contains(check.out, "FAIL  proxy         [transport.proxy-authentication]"));
  CHECK(contains(check.out, "HTTPS_PROXY of this environment names that proxy"));
}

TEST_CASE("a proxy that forbids the connector's port is named") {
  if (!there_is_a_proxy()) return;
  const Tinyproxy proxy("ConnectPort 443\n");
  Installation installation(behind_proxy(proxy.address(), false));
  start_without_tunnel(installation);
  const Json::Value error = tunnel_error(installation);
  CHECK(error["code"] == "transport.proxy-denied");
  CHECK(contains(error["message"].asString(), proxy.address()));
}

TEST_CASE("a proxy that goes away and comes back takes no session with it") {
  if (!there_is_a_proxy()) return;
  Tinyproxy proxy("");
  Installation installation(behind_proxy(proxy.address()));
  installation.start();
  const auto watcher =
      installation.client_in_background(Installation::kBen, {"watch", "--for", "60"});
  REQUIRE(eventually([&] { return contains(watcher->err(), "listening for events"); }));
  proxy.kill();
  REQUIRE(eventually([&] { return installation.status()["tunnel"]["state"] != "connected"; }));
  CHECK(tunnel_error(installation)["code"] == "transport.connect-failed");
  proxy.start_again();
  REQUIRE(eventually([&] { return contains(watcher->err(), "nothing was lost"); }));
  CHECK(watcher->running());
}

TEST_CASE("a client finds its proxy in the environment") {
  if (!there_is_a_proxy()) return;
  const Tinyproxy proxy("");
  Installation installation;
  installation.start();
  // A key file for a connector that only a proxy could know.
  std::filesystem::create_directory(installation.file("far"));
  std::string ini = read_file(installation.file("agent") / "agent.ini");
  const std::size_t host = ini.find("localhost");
  REQUIRE(host != std::string::npos);
  write_file(installation.file("far") / "agent.ini", ini.replace(host, 9, "far.invalid"));
  const Finished exported = run(Installation::program("starface-teams-agent"),
                                {{"--config", installation.file("far").string(), "--state-dir",
                                  installation.file("state").string(), "key", "export",
                                  installation.file("far.key").string()},
                                 installation.file("export"),
                                 "",
                                 {}});
  INFO(exported.err);
  REQUIRE(exported.status == 0);
  const auto client = [&](const std::string& environment) {
    return run(Installation::program("starface-teams-client"),
               {{"--key-file", installation.file("far.key").string(), "--user", "1001", "login"},
                installation.file("client"),
                "secret\n",
                {environment}});
  };
  const Finished by_proxy = client("HTTPS_PROXY=http://" + proxy.address());
  INFO(by_proxy.err);
  CHECK(contains(by_proxy.err, "transport.proxy-denied"));
  CHECK(contains(by_proxy.err, "far.invalid"));
  const Finished wrong = client("HTTPS_PROXY=socks5://jane:s3cret@h:1");
  CHECK(contains(wrong.err, "transport.bad-proxy"));
  CHECK_FALSE(contains(wrong.err, "s3cret"));
  CHECK(wrong.status == 78);
}

}  // namespace sfteams::integration
