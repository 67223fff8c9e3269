// starface-teams-agent ticket …, beside a running agent and without one.

#include <csignal>
#include <fstream>
#include <string>

#include <catch2/catch.hpp>

#include "agent/tickets/ticket_book.h"
#include "base/clock/unix_time.h"
#include "base/json/json.h"
#include "tests/integration/child_process.h"
#include "tests/temporary_directory.h"

namespace sfteams::agent {
namespace {

using integration::ChildProcess;
using integration::contains;
using integration::eventually;
using integration::Finished;

struct TicketCommandFixture {
  TicketCommandFixture() {
    std::filesystem::create_directory(directory / "etc");
    std::ofstream(directory / "etc" / "agent.ini")
        << "[system]\nname = pbx.example.com\n[connector]\nurl = ws://127.0.0.1:1\n"
           "[uci]\nurl = http://127.0.0.1:1\n";
    std::filesystem::create_directory(state());
    TicketBook book(nullptr, state() / "tickets.json");
    for (const char* user : {"1001", "1002", "1002"})
      series.push_back(book.add({user, std::nullopt, "test/1"}, now, now + 86'400).value());
    // Written with the next end.
    REQUIRE(book.add({"nobody"}, now, now + 1));
    REQUIRE(book.end("nobody").value());
  }
  [[nodiscard]] std::filesystem::path state() const { return directory / "state"; }
  [[nodiscard]] bool is_good(std::size_t device) const {
    const TicketBook book(nullptr, state() / "tickets.json");
    return book.is_good(device == 0 ? "1001" : "1002", series.at(device));
  }
  ChildProcess::Options options(std::vector<std::string> arguments) {
    for (const std::string& where : {std::string("--config"), (directory / "etc").string(),
                                     std::string("--state-dir"), state().string()})
      arguments.push_back(where);
    return {std::move(arguments), directory / ("run" + std::to_string(++runs)), "", {}};
  }
  Finished command(std::vector<std::string> arguments) {
    return integration::run(SFTEAMS_BIN_DIR "/starface-teams-agent", options(std::move(arguments)));
  }
  void check_listed(bool first, bool second) {
    const Finished listed = command({"ticket", "list", "--json"});
    REQUIRE(listed.status == 0);
    const Json::Value users = (*json::parse(listed.out))["users"];
    CHECK(users.size() == static_cast<Json::ArrayIndex>(first) + static_cast<unsigned>(second));
    const Finished text = command({"ticket", "list"});
    CHECK(contains(text.out, "1001") == first);
    CHECK(contains(text.out, "1002") == second);
    CHECK(contains(text.out, device_name(series[1]) + " (test/1), since ") == second);
  }
  void check_device() {
    const std::string name = device_name(series[2]);
    CHECK(command({"ticket", "revoke", "--device", name}).status == 64);
    CHECK(command({"ticket", "revoke", "--all", "--device", name}).status == 64);
    CHECK(command({"ticket", "revoke", "1002", "--all"}).status == 64);
    CHECK(command({"ticket", "revoke"}).status == 64);
    CHECK(command({"ticket", "revoke", "1001", "--device", name}).status == 66);
    REQUIRE(is_good(2));
    const Finished one = command({"ticket", "revoke", "1002", "--device", name});
    CHECK(one.status == 0);
    CHECK(contains(one.out, "1002 is signed out on device " + name));
    CHECK(is_good(0));
    CHECK(is_good(1));
    CHECK_FALSE(is_good(2));
    CHECK(command({"ticket", "revoke", "1002", "--device", name}).status == 66);
  }
  void check_commands() {
    check_listed(true, true);
    check_device();
    check_listed(true, true);
    const Finished one = command({"ticket", "revoke", "1001"});
    CHECK(one.status == 0);
    CHECK(contains(one.out, "1001 is signed out on all devices"));
    check_listed(false, true);
    CHECK_FALSE(is_good(0));
    CHECK(is_good(1));
    const Finished again = command({"ticket", "revoke", "1001"});
    CHECK(again.status == 66);
    CHECK(contains(again.err, "[session.no-tickets]"));
    const Finished all = command({"ticket", "revoke", "--all"});
    CHECK(all.status == 0);
    CHECK(contains(all.out, "1 user had tickets"));
    check_listed(false, false);
    CHECK_FALSE(is_good(1));
    CHECK(command({"ticket", "revoke", "--all"}).status == 0);
  }

  TemporaryDirectory directory;
  clock::UnixSeconds now = clock::unix_now();
  std::vector<Ticket::Series> series;
  int runs = 0;
};

TEST_CASE_METHOD(TicketCommandFixture, "tickets are listed and ended where no agent runs") {
  check_commands();
}

TEST_CASE_METHOD(TicketCommandFixture, "tickets are listed and ended by the running agent") {
  ChildProcess agent(SFTEAMS_BIN_DIR "/starface-teams-agent", options({"run"}));
  REQUIRE(eventually([&] { return !agent.running() || !command({"status"}).out.empty(); }));
  REQUIRE(agent.running());
  check_commands();
}

}  // namespace
}  // namespace sfteams::agent
