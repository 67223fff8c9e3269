#include <chrono>
#include <memory>
#include <string>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "tests/faults/line.h"
#include "tests/faults/scene.h"
#include "tests/integration/http.h"
#include "tests/machine.h"

// An agent on another host than its PBX: each in a network namespace of its own.

namespace sfteams::faults {
namespace {

using integration::contains;
using integration::eventually;
using integration::Finished;
using integration::Installation;

constexpr const char* kCallback = "10.73.0.2:9785";
constexpr const char* kEvent = "ucp.v30.events.call.receiveCallState";

struct Beside {
  explicit Beside(const std::string& uci_settings) : line(lay()) {
    if (!line) return;
    Installation::Options options;
    line->span(options);
    options.pbx_address = Line::kPbxAddress;
    options.agent_side = Line::Side::cloud;
    options.agent_uci_settings = uci_settings;
    installation = std::make_unique<Installation>(options);
    installation->start();
  }

  static std::unique_ptr<Line> lay() {
    auto made = Line::create(1);
    if (made) return std::move(*made);
    machine::skipped("no line can be laid: " + made.error());
    return nullptr;
  }

  void send_event() const {
    installation->simulator_post(
        "/control/event",
        fmt::format(R"({{"user":"1002","method":"{}","params":["event-1!"]}})", kEvent));
  }

  std::unique_ptr<Line> line;
  std::unique_ptr<Installation> installation;
};

TEST_CASE("events of a PBX reach an agent on another host, and nobody else delivers any") {
  const Beside beside(std::string("callback-listen = ") + kCallback + "\n");
  if (!beside.line) return;
  const auto watcher = listening(*beside.installation);
  beside.send_event();
  CHECK(eventually([&] { return contains(watcher->out(), "event-1!"); }));
  {
    const auto there = beside.line->enter(Line::Side::cloud);
    const auto answer = integration::http(std::string("http://") + kCallback + "/events/x", "x");
    CHECK(answer.status == 0);
    CHECK(answer.head.empty());
  }
  CHECK(eventually(
      [&] { return contains(beside.installation->agent().err(), "uci.callback-stranger"); }));
  CHECK(contains(beside.installation->agent().err(), "10.73.0.2 may not deliver events"));
  const Json::Value uci = beside.installation->status()["uci"];
  CHECK(uci["lastRefusedEvent"]["code"] == "uci.callback-stranger");
  CHECK(uci["warning"].isNull());
  // What passes in clear text is told.
  CHECK(contains(beside.installation->agent().err(), "uci.not-encrypted"));
  const Finished checked = beside.installation->agent_command({"config", "check"});
  CHECK(checked.status == 0);
  CHECK(contains(checked.err, "[uci.not-encrypted]"));
  CHECK_FALSE(contains(checked.err, "[uci.callback-not-loopback]"));
}

TEST_CASE("events reach an agent on another host by https with a certificate of its own") {
  const Beside beside(std::string("callback-listen = ") + kCallback + "\n");
  if (!beside.line) return;
  // The connector's certificate is for this host, and of the authority that the simulator trusts.
  const auto file = [&](const char* name) { return beside.installation->file(name).string(); };
  beside.installation->change_agent_ini(
      "callback-listen", "callback-certificate = " + file("server.pem") +
                             "\ncallback-key = " + file("server.key") + "\ncallback-listen");
  REQUIRE(beside.installation->agent_command({"reload"}).status == 0);
  const auto watcher = listening(*beside.installation);
  beside.send_event();
  CHECK(eventually([&] { return contains(watcher->out(), "event-1!"); }));
  // A renewed certificate is taken at a reload, and nobody has to sign in again.
  beside.installation->certify(std::chrono::hours(24));
  REQUIRE(beside.installation->agent_command({"reload"}).status == 0);
  beside.send_event();
  CHECK(eventually(
      [&] { return beside.installation->journal_count("event", "1002", "delivered") == 2; }));
  CHECK(beside.installation->journal_count("login", "1002") == 1);
  // A PBX that does not trust the certificate, and one that speaks no TLS.
  for (const char* scheme : {"https://", "http://"}) {
    CAPTURE(scheme);
    const auto there = beside.line->enter(Line::Side::pbx);
    CHECK(integration::http(std::string(scheme) + kCallback + "/events/x", "x").status == 0);
  }
  CHECK(eventually([&] {
    return beside.installation->status()["uci"]["lastRefusedEvent"]["code"] == "uci.callback-tls";
  }));
  CHECK(contains(beside.installation->agent().err(), "unknown ca"));
}

TEST_CASE("a PBX that is told a wrong host for its events, or comes from another address") {
  const Beside beside(std::string("callback-listen = ") + kCallback +
                      "\ncallback-host = 10.73.0.99\n");
  if (!beside.line) return;
  const auto check = [&] {
    integration::write_file(beside.installation->file("password"), "ben-secret\n");
    return beside.installation
        ->agent_command({"check", "--json", "--user", "1002", "--password-file",
                         beside.installation->file("password").string()})
        .out;
  };
  CHECK(contains(check(), "\"uci.callback-host\""));
  CHECK(
      contains(beside.installation->agent_command({"config", "check"}).err, "[uci.callback-host]"));
  beside.installation->change_agent_ini("callback-host = 10.73.0.99", "callback-from = 10.73.0.7");
  REQUIRE(beside.installation->agent_command({"reload"}).status == 0);
  const auto watcher = listening(*beside.installation);
  beside.send_event();
  CHECK(eventually([&] {
    return contains(beside.installation->agent().err(), "10.73.0.1 may not deliver events");
  }));
}

}  // namespace
}  // namespace sfteams::faults
