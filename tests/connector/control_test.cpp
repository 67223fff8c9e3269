#include "tunnel/control.h"

#include <array>
#include <chrono>
#include <csignal>

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json/json.h"
#include "connector/control_client.h"
#include "connector/control_protocol.h"
#include "connector/registry/database.h"
#include "tests/connector/program.h"
#include "tests/contains.h"
#include "transport/control_socket.h"

// Commands beside a connector that runs, or does not.

namespace sfteams::connector::test {
namespace {

using integration::eventually;
using integration::Finished;
using integration::run;

/// Such that there is nothing to be warned of.
constexpr const char* kWell =
    "trusted-proxies = 127.0.0.1\n[limits]\nagents = 20\nclients = 20\nwaiting = 20\n";

Json::Value status_of(Running& connector) {
  return json::parse(connector.command({"status", "--json"}).out).value_or(Json::Value());
}

Json::Value listed(Running& connector) {
  return json::parse(connector.command({"list", "--json"}).out).value_or(Json::Value());
}

std::string url_of(const Running& connector) {
  return "ws://127.0.0.1:" + std::to_string(connector.port());
}

TEST_CASE("status tells how the running connector is, for people and for programs") {
  Running connector(kWell);
  const Finished text = connector.command({"status"});
  INFO(text.out << text.err);
  CHECK(text.status == 0);
  CHECK(text.out.starts_with("connector:    well, version "));
  CHECK(contains(text.out, "127.0.0.1:" + std::to_string(connector.port()) + ", plain"));
  const Json::Value status = status_of(connector);
  CHECK(status["pid"].asInt() == connector.process().pid());
  CHECK(status["names"]["known"] == 0);
  CHECK(status["registry"]["bytes"].asInt() > 0);
  CHECK(status["registry"]["file"] == connector.file("registry.sqlite3").string());
  REQUIRE(connector.command({"enroll", "pbx.example.com"}).status == 0);
  CHECK(eventually([&] { return status_of(connector)["names"]["enrolled"] == 1; }));
}

TEST_CASE("a warning ends status with 1 and names itself") {
  Running connector;
  const Finished status = connector.command({"status"});
  CHECK(status.status == 1);
  CHECK(contains(status.out, "\nwarning:      [connector.senders-unknown] "));
}

TEST_CASE("status of a connector that does not answer ends with 2 and says why") {
  Running connector(kWell);
  SECTION("killed") {
    connector.process().signal(SIGKILL);
    static_cast<void>(connector.process().wait());
    const Finished status = connector.command({"status", "--json"});
    CHECK(status.status == 2);
    CHECK(status.out.empty());
    CHECK(contains(status.err, "[connector.not-running]"));
    // What it has left behind is in nobody's way.
    CHECK(std::filesystem::exists(control::socket_of(connector.file("registry.sqlite3"))));
    std::filesystem::remove(connector.file("port.json"));
    connector.start();
    CHECK(connector.command({"status"}).status == 0);
  }
  SECTION("stopped") {
    connector.process().signal(SIGSTOP);
    const Finished status = connector.command({"status"});
    connector.process().signal(SIGCONT);
    CHECK(status.status == 2);
    CHECK(contains(status.err, "[transport.timeout]"));
  }
  SECTION("ended") {
    connector.process().signal(SIGTERM);
    REQUIRE(connector.process().wait() == 0);
    CHECK_FALSE(std::filesystem::exists(control::socket_of(connector.file("registry.sqlite3"))));
    CHECK(connector.command({"status"}).status == 2);
  }
}

TEST_CASE("a registry that cannot be written is critical, and remembered when it is over") {
  Running connector;
  Database other = std::move(
      Database::open(connector.file("registry.sqlite3"), transport::Duration(1'000)).value());
  Dialler dialler;
  const Pbx pbx;
  Dialled agent(dialler, url_of(connector), Peer::Path::agent);
  agent.register_as(pbx);
  static_cast<void>(agent.expect(FrameType::registered));
  {
    const auto writing = Transaction::begin(other);
    REQUIRE(writing);
    const std::array keys{pbx.key()};
    agent.send(frame(FrameType::keys, 0, tunnel::encode_keys(keys)));
    REQUIRE(dialler.until([&] { return status_of(connector)["registry"]["writable"] == false; }));
    const Finished status = connector.command({"status"});
    CHECK(status.status == 2);
    CHECK(contains(status.out, "\ncritical:     [connector.registry-busy] "));
  }
  CHECK(eventually([&] { return status_of(connector)["registry"]["writable"] == true; }));
  CHECK(status_of(connector)["registry"]["lastError"]["code"] == "connector.registry-busy");
  CHECK(connector.command({"status"}).status == 1);
}

TEST_CASE("list shows who is online, from where, with what and since when") {
  Running connector;
  REQUIRE(connector.command({"enroll", "away.example.com"}).status == 0);
  Dialler dialler;
  const Pbx pbx;
  {
    Dialled agent(dialler, url_of(connector), Peer::Path::agent);
    agent.register_as(pbx);
    static_cast<void>(agent.expect(FrameType::registered));
    Dialled client(dialler, url_of(connector), Peer::Path::client);
    client.admit_to(pbx);
    static_cast<void>(client.expect(FrameType::admitted));
    const Json::Value names = listed(connector);
    REQUIRE(names.size() == 2);
    CHECK(names[0]["name"] == "away.example.com");
    CHECK(names[0]["state"] == "enrolled");
    CHECK(names[0]["online"] == false);
    CHECK(names[0]["agent"].isNull());
    CHECK(names[1]["state"] == "pinned");
    CHECK(names[1]["online"] == true);
    CHECK(names[1]["agent"]["software"] == "test-agent/1");
    CHECK(names[1]["agent"]["address"] == "127.0.0.1");
    CHECK(names[1]["agent"]["clients"] == 1);
    CHECK(names[1]["agent"]["since"].asString().starts_with("20"));
    CHECK(contains(connector.command({"list"}).out, "test-agent/1 from 127.0.0.1 since 20"));
    CHECK(status_of(connector)["agents"]["online"] == 1);
  }
  CHECK(eventually([&] { return listed(connector)[1]["online"] == false; }));
  CHECK(contains(connector.command({"list"}).out, "offline"));
}

TEST_CASE("without a connector the list says that it does not know who is online") {
  Running connector("", "open", false);
  REQUIRE(connector.command({"enroll", "pbx.example.com"}).status == 0);
  const Finished list = connector.command({"list", "--json"});
  CHECK(list.status == 0);
  CHECK(contains(list.err, "it is not known who is online: [connector.not-running]"));
  const Json::Value names = json::parse(list.out).value();
  CHECK(names[0]["online"].isNull());
  CHECK(names[0]["agent"].isNull());
  CHECK(connector.command({"disable", "pbx.example.com", "--reason", "moved"}).status == 0);
  CHECK(listed(connector)[0]["disabled"]["reason"] == "moved");
  CHECK(connector.command({"enable", "pbx.example.com"}).status == 0);
  CHECK(connector.command({"forget", "pbx.example.com"}).status == 0);
  CHECK(connector.command({"disable", "pbx.example.com"}).status == 66);
}

TEST_CASE("a name is disabled and enabled while its agent is there, and the log says by whom") {
  Running connector;
  Dialler dialler;
  const Pbx pbx;
  Dialled agent(dialler, url_of(connector), Peer::Path::agent);
  agent.register_as(pbx);
  static_cast<void>(agent.expect(FrameType::registered));
  const auto begin = std::chrono::steady_clock::now();
  REQUIRE(connector.command({"disable", pbx.name, "--reason", "unpaid"}).status == 0);
  const auto refusal = tunnel::decode_refused(agent.expect(FrameType::refused).payload).value();
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(8));
  CHECK(refusal.code == WireCode::name_disabled);
  CHECK(contains(refusal.reason, "unpaid"));
  CHECK(connector.logged(pbx.name + " was disabled by "));
  CHECK(connector.logged(": unpaid\n"));
  CHECK(eventually([&] { return status_of(connector)["names"]["disabled"] == 1; }));
  REQUIRE(connector.command({"enable", pbx.name}).status == 0);
  CHECK(connector.logged(pbx.name + " was enabled by "));
  Dialled back(dialler, url_of(connector), Peer::Path::agent);
  back.register_as(pbx);
  static_cast<void>(back.expect(FrameType::registered));
}

TEST_CASE("the control socket is for root and the service's user only") {
  Running connector(kWell);
  const std::filesystem::path socket = control::socket_of(connector.file("registry.sqlite3"));
  struct stat found {};
  REQUIRE(::stat(socket.c_str(), &found) == 0);
  CHECK((found.st_mode & 0777U) == 0600U);
  if (::geteuid() != 0) return;
  namespace fs = std::filesystem;
  fs::permissions(connector.file(""), fs::perms(0755));
  fs::permissions(connector.file("connector.ini"), fs::perms(0644));
  const integration::ScratchDirectory elsewhere;
  const auto as_nobody = [&](const std::vector<std::string>& command) {
    std::vector<std::string> arguments{"--reuid=65534", "--clear-groups",
                                       connector_program().string(), "--config",
                                       connector.file("connector.ini").string()};
    arguments.insert(arguments.end(), command.begin(), command.end());
    return run("/usr/bin/setpriv",
               {.arguments = arguments, .output = elsewhere.path() / "output", .input = ""});
  };
  const Finished status = as_nobody({"status"});
  CHECK(status.status == 2);
  CHECK(contains(status.err, "[transport.control-denied]"));
  CHECK(as_nobody({"list"}).status != 0);
  CHECK(as_nobody({"disable", "pbx.example.com"}).status != 0);
}

TEST_CASE("what is no question is answered with a code") {
  Running connector(kWell);
  const std::filesystem::path socket = control::socket_of(connector.file("registry.sqlite3"));
  for (const char* question : {"", "nonsense", "{}", R"({"command":"forget"})", R"([1])"}) {
    CAPTURE(question);
    const auto answer = transport::ask_control(socket, question, transport::Duration(5'000));
    REQUIRE(answer);
    CHECK(contains(*answer, "connector.bad-control-request"));
  }
  CHECK(connector.command({"status"}).status == 0);
}

}  // namespace
}  // namespace sfteams::connector::test
