#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/files/descriptor.h"
#include "base/json/json.h"
#include "tests/integration/http.h"
#include "tests/integration/installation.h"
#include "transport/control_socket.h"

// A changed configuration that wants a port which somebody else has.

namespace sfteams::integration {
namespace {

/// Somebody else's port on 127.0.0.1, for as long as this lives.
class TakenPort {
 public:
  TakenPort() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(socket_.get(), generic, size) == 0);
    REQUIRE(::listen(socket_.get(), 1) == 0);
    REQUIRE(::getsockname(socket_.get(), generic, &size) == 0);
    port_ = ntohs(address.sin_port);
  }
  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  files::Descriptor socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  std::uint16_t port_ = 0;
};

class Changed {
 public:
  Changed() {
    installation.start();
    ini = read_file(file);
  }

  /// One piece of what the file had at first is another.
  Finished reload_with(const std::string& from, const std::string& to) {
    std::string text = ini;
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    write_file(file, text.replace(at, from.size(), to));
    return installation.agent_command({"reload"});
  }

  Installation installation;
  std::filesystem::path file = installation.file("agent") / "agent.ini";
  std::string ini;
};

/// What the administration page sends when somebody saves another name; the answer.
Json::Value save_name(Changed& changed, const std::string& name) {
  const auto answer = transport::ask_control(
      changed.installation.file("state") / "control",
      R"({"command":"settings-save","name":")" + name + R"("})", std::chrono::seconds(30));
  REQUIRE(answer);
  return json::parse(*answer).value();
}

TEST_CASE("a name that is refused when it is saved has not changed the file") {
  Changed changed;
  const Json::Value name = changed.installation.status()["registration"]["name"];
  const auto refused = [&](const std::string& code) {
    const std::string before = read_file(changed.file);
    const Json::Value answer = save_name(changed, "other.example.com");
    INFO(json::write(answer));
    CHECK(contains(answer["error"]["line"].asString(), "[" + code + "]"));
    CHECK(read_file(changed.file) == before);
    CHECK(changed.installation.status()["registration"]["name"] == name);
  };
  const TakenPort taken;
  // By hand, and not taken in yet.
  for (const std::string section : {"admin", "watch"}) {
    write_file(changed.file, changed.ini + "\n[" + section + "]\nlisten = " + taken.address());
    refused("transport.listen-failed");
  }
  std::string ini = changed.ini;
  const std::size_t at = ini.find("ca-file = ");
  REQUIRE(at != std::string::npos);
  write_file(changed.file, ini.insert(at + 10, "/nowhere"));
  refused("transport.ca-unreadable");
  write_file(changed.file, changed.ini);
  const std::filesystem::path second = changed.file.parent_path() / "second.ini";
  write_file(second, changed.ini);
  refused("settings.several");
  std::filesystem::remove(second);
  CHECK(save_name(changed, "Other.Example.com")["result"]["changes"].size() > 0);
  CHECK(contains(read_file(changed.file), "name = other.example.com\n"));
  CHECK(changed.installation.status()["registration"]["name"] == "other.example.com");
}

TEST_CASE("whoever has the page's port when the agent starts keeps nobody else out") {
  std::optional<TakenPort> taken;
  taken.emplace();
  Installation::Options options;
  options.agent_settings = "[admin]\nlisten = " + taken->address() + "\n";
  Installation installation(options);
  installation.start();
  CHECK(installation.client(Installation::kAnna, {"login"}).status == 0);
  const Finished status = installation.agent_command({"status"});
  CHECK(status.status == 1);
  CHECK(contains(status.out, "[transport.listen-failed]"));
  CHECK(contains(installation.agent().err(), "[transport.listen-failed]"));
  CHECK(contains(installation.agent().err(), "([admin] listen)"));
  const Finished link = installation.agent_command({"admin-link"});
  CHECK(link.status == 69);
  CHECK(contains(link.err, "([admin] listen)"));
  taken.reset();
  CHECK(eventually([&] { return installation.agent_command({"admin-link"}).status == 0; },
                   std::chrono::seconds(30)));
  CHECK(installation.agent_command({"status"}).status == 0);
}

TEST_CASE("whoever has the port of monitoring when the agent starts keeps nobody else out") {
  std::optional<TakenPort> taken;
  taken.emplace();
  const std::string place = "http://" + taken->address();
  Installation::Options options;
  options.agent_settings = "[watch]\nlisten = " + taken->address() + "\n";
  Installation installation(options);
  installation.start();
  CHECK(installation.client(Installation::kAnna, {"login"}).status == 0);
  const Finished status = installation.agent_command({"status"});
  CHECK(status.status == 1);
  CHECK(contains(status.out, "[transport.listen-failed]"));
  CHECK(contains(status.out, "([watch] listen)"));
  CHECK(contains(installation.agent().err(), "monitoring cannot be opened"));
  const Finished check = installation.agent_command({"check"});
  CHECK(contains(check.out, "WARN  ports         [transport.listen-failed]"));
  // A reload that does not concern it leaves it to be tried again.
  CHECK(installation.agent_command({"reload"}).status == 0);
  taken.reset();
  CHECK(
      eventually([&] { return http(place + "/readyz").status == 200; }, std::chrono::seconds(30)));
  CHECK(installation.agent_command({"status"}).status == 0);
}

TEST_CASE("a port of monitoring that was taken can be given up or changed by a reload") {
  const TakenPort taken;
  Installation::Options options;
  options.agent_settings = "[watch]\nlisten = " + taken.address() + "\n";
  Installation installation(options);
  installation.start();
  CHECK(installation.agent_command({"status"}).status == 1);
  const std::filesystem::path file = installation.file("agent") / "agent.ini";
  const std::string ini = read_file(file);
  const std::string line = "[watch]\nlisten = " + taken.address() + "\n";
  const std::size_t at = ini.find(line);
  REQUIRE(at != std::string::npos);
  const auto reload_with = [&](const std::string& other) {
    write_file(file, std::string(ini).replace(at, line.size(), other));
    return installation.agent_command({"reload"});
  };
  // The agent does not hold it, so it is said who has it: another process.
  const Finished moved = reload_with("[admin]\nlisten = " + taken.address() + "\n");
  CHECK(moved.status != 0);
  CHECK_FALSE(contains(moved.err, "the agent itself still listens there"));
  CHECK(reload_with("[watch]\nlisten = 127.0.0.1:0\n").status == 0);
  CHECK(installation.agent_command({"status"}).status == 0);
}

TEST_CASE("whoever has the callback's port when the agent starts is told, and users get in later") {
  std::optional<TakenPort> taken;
  taken.emplace();
  Installation::Options options;
  options.agent_uci_settings = "callback-listen = " + taken->address() + "\n";
  options.agent_settings = "[watch]\nlisten = 127.0.0.1:0\n";
  Installation installation(options);
  installation.start();
  const Finished refused = installation.client(Installation::kAnna, {"login"});
  CHECK(refused.status != 0);
  CHECK(contains(refused.err, "[transport.listen-failed]"));
  const Finished status = installation.agent_command({"status"});
  CHECK(status.status == 2);
  CHECK(contains(status.out, "([uci] callback-listen)"));
  CHECK(contains(installation.agent().err(), "there is no connection to the PBX"));
  const Finished check = installation.agent_command({"check"});
  CHECK(check.status == 2);
  CHECK(contains(check.out, "but the running agent cannot use it"));
  const std::string mark = "/metrics are at ";
  const std::string log = installation.agent().err();
  const std::size_t at = log.find(mark) + mark.size();
  const std::string place = log.substr(at, log.find('\n', at) - at);
  CHECK(contains(http(place + "/readyz").body, "\"transport.listen-failed\""));
  CHECK(contains(http(place + "/metrics").body,
                 "problem{part=\"uci\",code=\"transport.listen-failed\"} 1"));
  taken.reset();
  CHECK(eventually([&] { return installation.client(Installation::kAnna, {"login"}).status == 0; },
                   std::chrono::seconds(30)));
  CHECK(eventually([&] { return http(place + "/readyz").status == 200; }));
}

TEST_CASE("a page or monitoring on a port that somebody else has is refused, and nothing changes") {
  Changed changed;
  const TakenPort taken;
  for (const std::string section : {"admin", "watch"}) {
    const Finished reloaded = changed.reload_with(
        "level = debug", "level = error\n[" + section + "]\nlisten = " + taken.address());
    INFO(section << ": " << reloaded.err);
    CHECK(reloaded.status != 0);
    CHECK(contains(reloaded.err, "[transport.listen-failed]"));
    CHECK(contains(reloaded.err, "([" + section + "] listen)"));
    CHECK(contains(changed.installation.agent_command({"log", "level"}).out, "debug"));
  }
  // It still answers, and takes what is right.
  const Finished reloaded =
      changed.reload_with("level = debug", "level = debug\n[admin]\nlisten = 127.0.0.1:0");
  INFO(reloaded.err);
  CHECK(reloaded.status == 0);
  CHECK(changed.installation.agent_command({"admin-link"}).status == 0);
}

TEST_CASE(
    "a port that goes from one purpose of the agent to another takes a restart, which is said") {
  Changed changed;
  std::string free;
  {
    const TakenPort port;
    free = port.address();
  }
  REQUIRE(changed.reload_with("level = debug", "level = debug\n[watch]\nlisten = " + free).status ==
          0);
  const Finished reloaded =
      changed.reload_with("level = debug", "level = debug\n[admin]\nlisten = " + free);
  CHECK(reloaded.status != 0);
  CHECK(contains(reloaded.err, "the agent itself still listens there, for [watch] listen"));
  CHECK(contains(reloaded.err, "systemctl restart"));
}

TEST_CASE("a callback port that somebody else has is refused, and users work on") {
  Changed changed;
  const TakenPort taken;
  const Finished reloaded =
      changed.reload_with("[uci]", "[uci]\ncallback-listen = " + taken.address());
  CHECK(reloaded.status != 0);
  CHECK(contains(reloaded.err, "[transport.listen-failed] [uci] callback-listen: "));
  CHECK(changed.installation.client(Installation::kAnna, {"login"}).status == 0);
}

}  // namespace
}  // namespace sfteams::integration
