#include "tests/faults/line.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "tests/faults/scene.h"
#include "tests/machine.h"

// An Installation whose agent reaches its connector over a line that has the faults of the real
// one.

namespace sfteams::faults {
namespace {

using integration::ChildProcess;
using integration::contains;
using integration::eventually;
using integration::Finished;
using integration::Installation;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr const char* kEvent = "ucp.v30.events.call.receiveCallState";

std::unique_ptr<Line> line_here() {
  auto line = Line::create(1);
  if (line) return std::move(*line);
  machine::skipped("no line can be laid: " + line.error());
  return nullptr;
}

Installation::Options over(const Line& line, Installation::Options options = {}) {
  line.span(options);
  return options;
}

void send_event(const Installation& installation, int number) {
  installation.simulator_post(
      "/control/event",
      fmt::format(R"({{"user":"1002","method":"{}","params":["event-{}!"]}})", kEvent, number));
}

/// The numbers of the events that a watcher printed, as they stand there.
std::vector<int> heard(const ChildProcess& watcher) {
  const std::string text = watcher.out();
  const std::string mark = "event-";
  std::vector<int> numbers;
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) {
    at += mark.size();
    numbers.push_back(std::stoi(text.substr(at)));
  }
  return numbers;
}

std::vector<int> up_to(int last) {
  std::vector<int> numbers(static_cast<std::size_t>(last));
  std::iota(numbers.begin(), numbers.end(), 1);
  return numbers;
}

bool connected(Installation& installation) {
  return installation.status()["tunnel"]["state"] == "connected";
}

TEST_CASE("over a line that delays, drops and reorders, all calls run once and events keep order") {
  const auto line = line_here();
  if (!line) return;
  Installation installation(over(*line));
  installation.start();
  line->set({milliseconds(30), milliseconds(30), 3, false});

  const auto watcher = listening(installation);
  constexpr int kCalls = 12;
  std::vector<std::unique_ptr<ChildProcess>> callers;
  constexpr int kEvents = 60;
  for (int number = 1; number <= kEvents; ++number) {
    if (number % (kEvents / kCalls) == 0) {
      callers.push_back(installation.client_in_background(Installation::kAnna, {"call", kCallIds}));
    }
    send_event(installation, number);
  }
  for (const auto& caller : callers) {
    const auto status = caller->wait();
    INFO(caller->err());
    CHECK(status == 0);
  }
  CHECK(eventually([&] { return heard(*watcher).size() >= kEvents; }));
  CHECK(heard(*watcher) == up_to(kEvents));
  CHECK(installation.journal_count("request", "1001", "ok", kCallIds) == kCalls);
  const Line::Tally tally = line->tally();
  CHECK(tally.lost > 0);
  CHECK(tally.overtaken > 0);
}

TEST_CASE("a dead line is found from both ends in time; once mended, sessions go on") {
  const auto line = line_here();
  if (!line) return;
  Installation installation(over(*line, quick_to_notice()));
  installation.start();
  const auto watcher = listening(installation);
  send_event(installation, 1);
  REQUIRE(eventually([&] { return heard(*watcher).size() == 1; }));

  line->set({milliseconds(0), milliseconds(0), 0, true});
  const auto cut = steady_clock::now();
  // The connector's end, as its clients hear it.
  REQUIRE(eventually([&] { return contains(watcher->err(), "tunnel.pbx-offline"); }));
  // The agent's end.
  REQUIRE(eventually([&] { return !connected(installation); }));
  // Two seconds and what a busy machine adds: far from TCP's own quarter of an hour.
  CHECK(steady_clock::now() - cut < seconds(10));
  const auto asked = steady_clock::now();
  const Finished refused = installation.client(Installation::kAnna, {"login"});
  CHECK(contains(refused.err, "tunnel.pbx-offline"));
  CHECK(steady_clock::now() - asked < seconds(5));

  send_event(installation, 2);
  line->set({});
  REQUIRE(eventually([&] { return contains(watcher->err(), "connected again"); }));
  send_event(installation, 3);
  REQUIRE(eventually([&] { return heard(*watcher).size() >= 3; }));
  CHECK(heard(*watcher) == up_to(3));
  CHECK(installation.journal_count("login", "1002", "accepted") == 1);
}

TEST_CASE("a line dead for longer than the window ends the sessions on both sides of it") {
  const auto line = line_here();
  if (!line) return;
  Installation::Options options = quick_to_notice();
  options.agent_settings += "[limits]\nresume-window = 3\n";
  Installation installation(over(*line, options));
  installation.start();
  const auto watcher = listening(installation);

  line->set({milliseconds(0), milliseconds(0), 0, true});
  REQUIRE(watcher->wait());
  INFO(watcher->err());
  CHECK(watcher->wait() == 69);
  CHECK(contains(watcher->err(), "client.session-lost"));
  CHECK(eventually([&] {
    return installation.journal_count("request", "1002", "ok",
                                      "ucp.v30.requests.connection.logout") == 1;
  }));
}

TEST_CASE("a tunnel that only looks alive is found dead within ten seconds at both ends") {
  const auto line = line_here();
  if (!line) return;
  Installation installation(over(*line));
  installation.start();

  line->set({milliseconds(0), milliseconds(0), 0, true});
  const auto cut = steady_clock::now();
  const auto wait_until = [&cut](const auto& found) {
    REQUIRE(eventually(found));
    return steady_clock::now() - cut;
  };
  // Ping and deadline together are nine; the rest is for a machine with other things to do.
  CHECK(wait_until([&] { return contains(installation.connector().err(), "is offline"); }) <
        seconds(10));
  CHECK(wait_until([&] { return !connected(installation); }) < seconds(11));
}

TEST_CASE("an agent takes its name back from its own connection that only looks alive") {
  const auto line = line_here();
  if (!line) return;
  Installation::Options options = quick_to_notice();
  // The connector would find out in a minute.
  options.connector_settings = "[keepalive]\nagent-interval = 60\nagent-deadline = 60\n";
  Installation installation(over(*line, options));
  installation.start();
  const auto watcher = listening(installation);

  line->forget_connections();
  REQUIRE(eventually([&] { return contains(watcher->err(), "connected again"); }));
  CHECK(contains(installation.connector().err(), "takes over from the one before"));
  CHECK(contains(installation.connector().err(), "[tunnel.replaced]"));
  send_event(installation, 1);
  CHECK(eventually([&] { return heard(*watcher) == up_to(1); }));
}

}  // namespace
}  // namespace sfteams::faults
