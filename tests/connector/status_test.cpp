#include "connector/status.h"

#include <fstream>
#include <set>

#include <catch2/catch.hpp>

#include "connector/codes.h"
#include "connector/registry/codes.h"
#include "tests/contains.h"

namespace sfteams::connector {
namespace {

using namespace std::chrono_literals;
using std::chrono::system_clock;

/// A connector where all is well.
struct StatusFixture {
  Tallies tallies;
  Limits limits;
  metrics::Tally reloads{"ok"};
  system_clock::time_point now{1'800'000'000s};
  Measured measured{"1.2.3", now, false,  {},
                    tallies, {},  limits, transport::Validity{now - 24h, now + 24h * 90},
                    reloads};
  Status status{.measured = measured,
                .pid = 4711,
                .uptime = 2h + 1min,
                .address = "[::]:443",
                .tls = true,
                .names = NameStates{1, 2, 3},
                .registry_file = "/var/lib/registry.sqlite3",
                .registry_bytes = 4096,
                .page_version = ""};

  [[nodiscard]] std::string health() const { return to_json(status)["health"].asString(); }
  [[nodiscard]] std::string first_problem() const {
    return to_json(status)["problems"][0]["code"].asString();
  }
  [[nodiscard]] bool says(const std::string& line) const {
    return contains(to_text(to_json(status)), line);
  }
};

TEST_CASE_METHOD(StatusFixture, "a connector without problems is well") {
  const Json::Value json = to_json(status);
  CHECK(json["format"] == 1);
  CHECK(json["health"] == "well");
  CHECK(json["healthy"] == true);
  CHECK(json["problems"].empty());
  CHECK(json["names"]["known"] == 6);
  CHECK(json["names"]["disabled"] == 3);
  CHECK(json["listen"]["certificateDaysLeft"] == 90);
  CHECK(exit_status(json) == 0);
  CHECK(says("connector:    well, version 1.2.3, process 4711, running for 2 h 1 min\n"));
  CHECK(says("names:        6 known: 2 pinned, 1 enrolled and free, 3 disabled\n"));
  CHECK(says("registry:     /var/lib/registry.sqlite3, 4.0 KiB, can be written\n"));
}

/// "names.known", …: the members that docs/connector-status.md describes.
std::set<std::string> documented_members() {
  std::set<std::string> members;
  std::ifstream lines(SFTEAMS_SOURCE_DIR "/docs/connector-status.md");
  bool json = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("#")) json = line == "## JSON";
    if (json && line.starts_with("| `")) members.insert(line.substr(3, line.find('`', 3) - 3));
  }
  return members;
}

TEST_CASE_METHOD(StatusFixture,
                 "the reference describes each member of the JSON form, and no other") {
  std::set<std::string> members;
  const Json::Value json = to_json(status);
  for (const std::string& name : json.getMemberNames()) {
    if (!json[name].isObject()) {
      members.insert(name);
      continue;
    }
    for (const std::string& part : json[name].getMemberNames())
      members.insert(std::string(name).append(".").append(part));
  }
  CHECK(documented_members() == members);
}

TEST_CASE_METHOD(StatusFixture, "a certificate that ends within fourteen days is a warning") {
  measured.certificate->until = now + 24h * 14;
  CHECK(health() == "well");
  measured.certificate->until -= 1s;
  CHECK(health() == "warning");
  CHECK(first_problem() == codes::kCertificateEndsSoon.id);
  CHECK(to_json(status)["listen"]["certificateDaysLeft"] == 13);
  CHECK(exit_status(to_json(status)) == 1);
}

TEST_CASE_METHOD(StatusFixture, "a certificate that nobody takes is critical") {
  SECTION("expired") {
    measured.certificate->until = now;
    CHECK(first_problem() == codes::kCertificateExpired.id);
  }
  SECTION("not good yet") {
    measured.certificate->from = now + 1s;
    CHECK(first_problem() == codes::kCertificateNotYet.id);
  }
  CHECK(health() == "critical");
  CHECK(exit_status(to_json(status)) == 2);
}

TEST_CASE_METHOD(StatusFixture, "what /readyz says no to is critical") {
  SECTION("stopping") {
    measured.stopping = true;
  }
  SECTION("the registry") {
    measured.counts.registry_ok = false;
    status.registry_error = Error{codes::kRegistryFull, "the disk is full", "make room"};
    CHECK(says("cannot be written"));
    CHECK(says("critical:     [connector.registry-full] the disk is full — make room\n"));
  }
  CHECK(health() == "critical");
}

TEST_CASE_METHOD(StatusFixture, "what can be done without is a warning") {
  const Error error{codes::kAppUnreadable, "why", "what to do"};
  SECTION("the page") {
    status.page_error = error;
  }
  SECTION("monitoring") {
    status.monitoring_error = error;
  }
  SECTION("what was found at the start") {
    status.standing = {error};
  }
  SECTION("the count of names") {
    status.names = fail(error);
    CHECK(to_json(status)["names"]["known"].isNull());
  }
  CHECK(health() == "warning");
  CHECK(says("warning:      [connector.app-unreadable] why — what to do\n"));
}

TEST_CASE_METHOD(StatusFixture, "a limit that is reached is a warning, and the worst comes first") {
  limits.clients = 7;
  measured.counts.clients = 6;
  CHECK(health() == "well");
  measured.counts.clients = 7;
  CHECK(first_problem() == codes::kLimitReached.id);
  measured.stopping = true;
  CHECK(first_problem() == codes::kStopping.id);
}

TEST_CASE_METHOD(StatusFixture, "traffic is told in packets and bytes of either side") {
  tallies.agents.relayed_packets = 3;
  tallies.agents.relayed_bytes = 5 * 1024;
  tallies.clients.relayed_packets = 1;
  tallies.clients.relayed_bytes = 12;
  CHECK(to_json(status)["traffic"]["fromAgents"]["bytes"].asInt() == 5 * 1024);
  CHECK(
      says("traffic:      from agents 5.0 KiB in 3 packets; from clients 12 B in 1 packet; on "
           "their way 0 B"));
}

TEST_CASE("the status of another version is shown as far as it goes, on clean lines") {
  CHECK(contains(to_text(Json::Value(Json::objectValue)), "connector:    ?"));
  CHECK(contains(to_text(Json::Value()), "page:         none"));
  CHECK(exit_status(Json::Value()) == 2);
  Json::Value odd(Json::objectValue);
  odd["version"] = "\x1b[31m";
  odd["problems"] = "none";
  CHECK_FALSE(contains(to_text(odd), "\x1b"));
}

}  // namespace
}  // namespace sfteams::connector
