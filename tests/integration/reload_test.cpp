#include <algorithm>
#include <csignal>

#include <catch2/catch.hpp>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/files/descriptor.h"
#include "tests/integration/installation.h"

// A changed configuration of an agent that runs.

namespace sfteams::integration {
namespace {

class Running {
 public:
  Running() {
    installation.start();
    watcher = installation.client_in_background(Installation::kBen, {"watch", "--for", "120"});
    REQUIRE(eventually([&] { return contains(watcher->err(), "listening for events"); }));
    ini = read_file(file());
  }

  [[nodiscard]] std::filesystem::path file() const {
    return installation.file("agent") / "agent.ini";
  }
  /// Writes the file anew, one piece of it changed.
  void change(const std::string& from, const std::string& to) {
    std::string text = ini;
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    write_file(file(), text.replace(at, from.size(), to));
  }
  Finished reload() { return installation.agent_command({"reload"}); }
  /// Whether Ben has been there all the time.
  [[nodiscard]] bool undisturbed() {
    return watcher->running() && !contains(watcher->err(), "trying for up to") &&
           installation.status()["sessions"]["usersConnected"] == 1;
  }

  Installation installation;
  std::unique_ptr<ChildProcess> watcher;
  std::string ini;
};

TEST_CASE("what does not concern the tunnel is taken in without touching it") {
  Running running;
  const Json::Value since = running.installation.status()["tunnel"]["since"];
  running.change("level = debug", "level = info\n[limits]\nsessions = 1\n[license]\nnamed = 1002");
  const Finished reloaded = running.reload();
  INFO(reloaded.err);
  REQUIRE(reloaded.status == 0);
  CHECK(contains(reloaded.out, "another level"));
  CHECK(contains(reloaded.out, "new limits"));
  CHECK(contains(reloaded.out, "licence rules"));
  CHECK(running.installation.status()["sessions"]["most"] == 1);
  // The one session that may be there is Ben's.
  CHECK(contains(running.installation.client(Installation::kAnna, {"login"}).err,
                 "tunnel.too-many-streams"));
  CHECK(running.undisturbed());
  CHECK(running.installation.status()["tunnel"]["since"] == since);
  CHECK(contains(running.reload().out, "nothing has changed"));
}

TEST_CASE("SIGHUP does the same") {
  Running running;
  running.change("level = debug", "level = debug\n[license]\nnamed = 1002");
  running.installation.agent().signal(SIGHUP);
  REQUIRE(eventually([&] {
    return contains(running.installation.agent().err(), "configuration read again: the licence");
  }));
  CHECK(contains(running.installation.client(Installation::kAnna, {"login"}).err,
                 "license.not-named"));
  CHECK(running.undisturbed());
}

TEST_CASE("a wrong configuration is refused with its line, and the old one stays in force") {
  Running running;
  const auto refused = [&](const std::string& from, const std::string& to, const char* words) {
    running.change(from, to);
    const Finished reloaded = running.reload();
    INFO(reloaded.err);
    CHECK(reloaded.status != 0);
    CHECK(contains(reloaded.err, words));
    const Finished checked = running.installation.agent_command({"config", "check"});
    CHECK(checked.status == reloaded.status);
    CHECK(contains(checked.err, words));
  };
  refused("[uci]", "[ucy]", "agent.ini:6");
  refused("level = debug", "level = chatty", "agent.ini:");
  refused("level = debug", "level = debug\n[limits]\nsessions = 0", "agent.ini:");
  refused("ca.pem", "no-such.pem", "[transport.ca-unreadable]");
  write_file(running.file(), running.ini);
  write_file(running.installation.file("agent") / "second.ini", running.ini);
  const Finished two = running.reload();
  CHECK(two.status == 78);
  CHECK(contains(two.err, "second.ini"));
  std::filesystem::remove(running.installation.file("agent") / "second.ini");
  CHECK(running.undisturbed());
  CHECK(running.installation.agent_command({"config", "check"}).status == 0);
}

TEST_CASE("another way to the connector makes the tunnel anew, and the sessions go on") {
  Running running;
  running.change("wss://localhost", "wss://127.0.0.1");
  CHECK(contains(running.reload().out, "the tunnel is made anew"));
  REQUIRE(eventually([&] { return contains(running.watcher->err(), "connected again"); }));
  CHECK(running.installation.registered());
  CHECK(contains(running.installation.status()["tunnel"]["url"].asString(), "127.0.0.1"));
  CHECK(running.installation.journal_count("login", "1002", "accepted") == 1);
}

TEST_CASE("another way to the PBX signs users out there, and the tunnel stays") {
  Running running;
  const Json::Value since = running.installation.status()["tunnel"]["since"];
  running.change("[uci]", "[uci]\nauth = md5");
  CHECK(contains(running.reload().out, "connections to the PBX"));
  // Whoever was signed in is told, and holds no seat any more.
  CHECK(eventually([&] { return contains(running.watcher->err(), "uci.unreachable"); }));
  CHECK(running.installation.status()["sessions"]["users"] == 0);
  CHECK(eventually([&] {
    return running.installation.journal_count("request", "1002", "ok",
                                              "ucp.v30.requests.connection.logout") == 1;
  }));
  CHECK(eventually(
      [&] { return running.installation.client(Installation::kAnna, {"login"}).status == 0; }));
  CHECK(running.installation.status()["tunnel"]["since"] == since);
}

/// Asks the daemon, and does not wait for the answer.
class Question {
 public:
  Question(const std::filesystem::path& control, const std::string& line) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = control.string();
    REQUIRE(path.copy(address.sun_path, sizeof(address.sun_path) - 1) == path.size());
    REQUIRE(::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address),
                      sizeof(address)) == 0);
    REQUIRE(::send(socket_.get(), line.data(), line.size(), 0) ==
            static_cast<ssize_t>(line.size()));
  }
  [[nodiscard]] std::string answer() {
    std::string text(65'536, '\0');
    const ssize_t got = ::recv(socket_.get(), text.data(), text.size(), 0);
    return text.substr(0, static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  }

 private:
  files::Descriptor socket_{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
};

TEST_CASE("who asks for the status while the connection to the PBX is made anew is answered") {
  Installation installation;
  installation.start();
  const std::filesystem::path file = installation.file("agent") / "agent.ini";
  std::string text = read_file(file);
  const std::size_t at = text.find("[uci]\n");
  REQUIRE(at != std::string::npos);
  write_file(file, text.insert(at + 6, "timeout = 5\n"));
  installation.simulator().signal(SIGSTOP);
  Question question(installation.file("state") / "control", "{\"command\":\"status\"}\n");
  CHECK(installation.agent_command({"reload"}).status == 0);
  const std::string answer = question.answer();
  CHECK(contains(answer, "uci.unreachable"));
  CHECK(contains(answer, "made anew"));
  installation.simulator().signal(SIGCONT);
}

TEST_CASE("the UCI connection is switched off and on again while the agent runs") {
  Running running;
  running.change("[uci]", "[uci]\nenabled = no");
  REQUIRE(running.reload().status == 0);
  CHECK(eventually([&] {
    return contains(running.installation.client(Installation::kAnna, {"login"}).err,
                    "uci.disabled");
  }));
  write_file(running.file(), running.ini);
  REQUIRE(running.reload().status == 0);
  CHECK(eventually(
      [&] { return running.installation.client(Installation::kAnna, {"login"}).status == 0; }));
}

}  // namespace
}  // namespace sfteams::integration
