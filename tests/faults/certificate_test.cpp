#include <chrono>
#include <csignal>

#include <catch2/catch.hpp>

#include "tests/faults/scene.h"

namespace sfteams::faults {
namespace {

using integration::contains;
using integration::eventually;
using integration::Finished;
using integration::Installation;
using std::chrono::steady_clock;

constexpr std::chrono::hours kLong{24};

/// A connector whose certificate ends while agent and watcher are connected.
class ExpiredCertificate {
 public:
  ExpiredCertificate() {
    constexpr std::chrono::seconds kShort{3};
    installation.certify(kShort);
    const auto end = steady_clock::now() + kShort + std::chrono::seconds(1);
    installation.start();
    watcher = listening(installation);
    REQUIRE(eventually([&] { return steady_clock::now() > end; }));
  }

  void replace() {
    installation.certify(kLong);
    installation.connector().signal(SIGHUP);
    REQUIRE(eventually([&] {
      return contains(installation.connector().err(), "the certificate was read again");
    }));
  }

  Installation installation;
  std::unique_ptr<integration::ChildProcess> watcher;
};

TEST_CASE("an expired certificate keeps new clients out until it is replaced, nobody is cut off") {
  ExpiredCertificate world;
  const Finished refused = world.installation.client(Installation::kAnna, {"login"});
  CHECK(refused.status == 69);
  CHECK(contains(refused.err, "[transport.tls-untrusted]"));
  CHECK(contains(refused.err, "expired on"));

  world.replace();
  const Finished welcome = world.installation.client(Installation::kAnna, {"login"});
  INFO(welcome.err);
  CHECK(welcome.status == 0);
  CHECK(world.watcher->running());
  CHECK_FALSE(contains(world.watcher->err(), "trying for up to"));
}

TEST_CASE("an agent that meets an expired certificate says so, and comes when it is replaced") {
  ExpiredCertificate world;
  world.installation.connector().signal(SIGKILL);
  REQUIRE(world.installation.connector().wait());
  world.installation.start_connector();
  REQUIRE(eventually([&] {
    return world.installation.status()["tunnel"]["error"]["code"] == "transport.tls-untrusted";
  }));
  CHECK(contains(world.installation.agent_command({"status"}).out, "expired on"));

  world.replace();
  CHECK(world.installation.registered());
  CHECK(world.installation.client(Installation::kAnna, {"login"}).status == 0);
}

}  // namespace
}  // namespace sfteams::faults
