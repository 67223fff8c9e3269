#include <chrono>
#include <csignal>
#include <random>
#include <thread>

#include <catch2/catch.hpp>

#include "tests/faults/scene.h"

// Processes that are frozen, killed and started again, at moments that they have not chosen.

namespace sfteams::faults {
namespace {

using integration::ChildProcess;
using integration::contains;
using integration::eventually;
using integration::Finished;
using integration::Installation;
using std::chrono::steady_clock;

void ring(const Installation& installation, const std::string& number) {
  installation.simulator_post("/control/incoming", R"({"to":"1002","from":")" + number + "\"}");
}

TEST_CASE(
    "an agent that hangs is offline within the deadline; when it goes on, so do all sessions") {
  Installation installation(quick_to_notice());
  installation.start();
  const auto watcher = listening(installation);
  installation.agent().signal(SIGSTOP);
  const auto frozen = steady_clock::now();
  REQUIRE(eventually([&] { return contains(watcher->err(), "tunnel.pbx-offline"); }));
  CHECK(steady_clock::now() - frozen < std::chrono::seconds(10));
  const Finished refused = installation.client(Installation::kAnna, {"login"});
  CHECK(contains(refused.err, "tunnel.pbx-offline"));
  ring(installation, "0721123451");

  installation.agent().signal(SIGCONT);
  REQUIRE(eventually([&] { return contains(watcher->err(), "connected again"); }));
  CHECK(eventually([&] { return contains(watcher->out(), "0721123451"); }));
  CHECK(installation.journal_count("login", "1002", "accepted") == 1);
}

TEST_CASE("a connector that hangs is left by its agent in time, and everybody comes back") {
  Installation installation(quick_to_notice());
  installation.start();
  const auto watcher = listening(installation);
  installation.connector().signal(SIGSTOP);
  const auto frozen = steady_clock::now();
  REQUIRE(eventually([&] { return installation.status()["tunnel"]["state"] != "connected"; }));
  CHECK(steady_clock::now() - frozen < std::chrono::seconds(10));
  ring(installation, "0721123452");
  installation.connector().signal(SIGCONT);
  REQUIRE(installation.registered());
  CHECK(eventually([&] { return contains(watcher->out(), "0721123452"); }));
  CHECK(installation.journal_count("login", "1002", "accepted") == 1);
}

TEST_CASE("a PBX that is killed and comes back finds its users again without their doing") {
  Installation::Options options;
  options.agent_uci_settings = "keepalive = 5\n";
  Installation installation(options);
  installation.start();
  const auto watcher = listening(installation);
  installation.simulator().signal(SIGKILL);
  REQUIRE(installation.simulator().wait());
  const Finished refused = installation.client(Installation::kAnna, {"call", kCallIds});
  CHECK(contains(refused.err, "[uci."));

  installation.start_simulator();
  // The agent signs Ben in again and subscribes again, so that his telephone is heard.
  REQUIRE(eventually([&] { return installation.journal_count("login", "1002", "accepted") == 1; }));
  CHECK(eventually([&] {
    ring(installation, "0721123453");
    return contains(watcher->out(), "0721123453");
  }));
  CHECK(watcher->running());
  CHECK(installation.client(Installation::kAnna, {"call", kCallIds}).status == 0);
}

/// Between nothing and `most`, the same in each run.
class Moments {
 public:
  explicit Moments(std::chrono::microseconds most) : range_(0, most.count()) {}
  void wait() { std::this_thread::sleep_for(std::chrono::microseconds(range_(random_))); }

 private:
  std::mt19937_64 random_{20260101};
  std::uniform_int_distribution<std::int64_t> range_;
};

TEST_CASE("an agent killed at any moment of a key's making has the old key or the new one, whole") {
  Installation installation;
  installation.start();
  Moments moments(std::chrono::milliseconds(25));
  for (int round = 0; round < 12; ++round) {
    std::vector<std::string> arguments{"key", "new", "--revoke"};
    const auto where = installation.agent_arguments();
    arguments.insert(arguments.end(), where.begin(), where.end());
    ChildProcess making(Installation::program("starface-teams-agent"),
                        {arguments, installation.file("making" + std::to_string(round)), "", {}});
    moments.wait();
    installation.agent().signal(SIGKILL);
    REQUIRE(installation.agent().wait());
    const auto answered = making.wait();
    REQUIRE(answered);
    REQUIRE_NOTHROW(installation.start_agent());
    const auto file = installation.file("users" + std::to_string(round) + ".key");
    const Finished exported = installation.agent_command({"key", "export", file.string()});
    INFO("round " << round << ": " << making.out() << making.err() << exported.err);
    REQUIRE(exported.status == 0);
    // A key that was announced is there.
    if (*answered == 0)
      CHECK(integration::read_file(file) != integration::read_file(installation.key_file()));
    installation.use_key_file(file);
    REQUIRE(installation.client(Installation::kAnna, {"login"}).status == 0);
  }
}

TEST_CASE("a connector killed at any moment of its start finds its registry whole") {
  Installation installation;
  installation.start();
  Moments moments(std::chrono::milliseconds(60));
  for (int round = 0; round < 12; ++round) {
    installation.connector().signal(SIGKILL);
    REQUIRE(installation.connector().wait());
    REQUIRE_NOTHROW(installation.start_connector());
    moments.wait();
  }
  CHECK(installation.registered());
  CHECK(installation.client(Installation::kAnna, {"login"}).status == 0);
}

}  // namespace
}  // namespace sfteams::faults
