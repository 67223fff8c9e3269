#include <catch2/catch.hpp>

#include "tests/packaging/scratch_machine.h"

// The same for the RPMs. Debian's rpm knows of no library of Debian's, so that dependencies are
// left out.

namespace sfteams::packaging {
namespace {

namespace fs = std::filesystem;
using integration::contains;

constexpr const char* kState = "/var/lib/starface-teams-agent";
constexpr const char* kRpm = "rpm --force-debian --nodeps ";

/// The same tree as the next version, whose sample configuration says more.
std::string next_version(ScratchMachine& machine, const std::string& package = "agent") {
  machine.must("mkdir /tmp/source /tmp/next");
  for (const char* part : {"packaging", "docs", "README.md", "CHANGELOG.md", "LICENSE"}) {
    fs::copy(fs::path(SFTEAMS_SOURCE_DIR) / part, machine.root() / "tmp/source" / part,
             fs::copy_options::recursive);
  }
  machine.must("echo '# New in 99.0.' >>/tmp/source/packaging/agent.ini");
  const auto built =
      integration::run(machine.root() / "tmp/source/packaging/build-packages",
                       {{SFTEAMS_BUILD_DIR, machine.root() / "tmp/next"},
                        machine.root() / "tmp/build-packages",
                        "",
                        {"VERSION=99.0", "FORMATS=rpm", "SOURCE_DATE_EPOCH=1800000000"}});
  if (built.status != 0) throw std::runtime_error("build-packages: " + built.err);
  return "/tmp/next/starface-teams-" + package + "-99.0-1.*.rpm";
}

TEST_CASE(
    "an RPM of the agent is installed, upgraded and erased without a loss of what is the PBX's") {
  const fs::path built = built_package("starface-teams-agent-", "rpm");
  if (built.empty()) return;
  const auto machine = ScratchMachine::make();
  if (!machine) return;
  const std::string package = machine->bring(built, "/tmp/packages");
  const std::string told = machine->must(kRpm + ("-i " + package));
  CHECK(contains(told, "1. enter the PBX's name"));
  CHECK(contains(machine->must("getent passwd starface-teams"), ":/sbin/nologin"));
  CHECK(machine->owner_and_mode("/etc/starface-teams-agent") == "0750 root starface-teams");
  CHECK(machine->owner_and_mode(kAgentIni) == "0660 root starface-teams");
  CHECK(machine->owner_and_mode(kState) == "0700 starface-teams starface-teams");
  CHECK(machine->has("/usr/lib/systemd/system/starface-teams-agent.service"));
  CHECK(machine->has("/usr/share/doc/starface-teams-agent/examples/prometheus-alerts.yml"));
  CHECK(machine->has("/usr/share/doc/starface-teams-agent/examples/grafana-dashboard.json"));

  const std::string ini = configured(machine->content(kAgentIni));
  machine->write(kAgentIni, ini);
  machine->must("starface-teams-agent key new");
  const std::string key = machine->content(std::string(kState) + "/key.json");
  REQUIRE_FALSE(key.empty());
  CHECK_FALSE(contains(machine->must(kRpm + ("-U " + next_version(*machine))), "1. enter"));
  CHECK(machine->content(kAgentIni) == ini);
  CHECK(contains(machine->content(std::string(kAgentIni) + ".rpmnew"), "New in 99.0."));
  CHECK(machine->content(std::string(kState) + "/key.json") == key);
  machine->must("runuser -u starface-teams -- starface-teams-agent config check");

  CHECK(contains(machine->must(std::string(kRpm) + "-e starface-teams-agent"),
                 "To delete it: rm -r /var/lib/starface-teams-agent\n"));
  CHECK_FALSE(machine->has("/usr/bin/starface-teams-agent"));
  CHECK(machine->content(std::string(kAgentIni) + ".rpmsave") == ini);
  CHECK(machine->content(std::string(kState) + "/key.json") == key);
}

TEST_CASE("an upgrade of an RPM leaves owners and modes as the administrator has made them") {
  const std::string part = GENERATE("agent", "connector");
  const fs::path built = built_package("starface-teams-" + part + "-", "rpm");
  if (built.empty()) return;
  const auto machine = ScratchMachine::make();
  if (!machine) return;
  machine->must(kRpm + ("-i " + machine->bring(built, "/tmp/packages")));
  const std::string directory = "/etc/starface-teams-" + part;
  const std::string ini = directory + "/" + part + ".ini";
  // Five digits, or chmod would leave a directory's special bits.
  machine->must("chgrp adm " + directory + " " + ini + "; chmod 00710 " + directory +
                "; chmod 0600 " + ini);
  machine->must(kRpm + ("-U " + next_version(*machine, part)));
  CHECK(machine->owner_and_mode(directory) == "0710 root adm");
  CHECK(machine->owner_and_mode(ini) == "0600 root adm");
  CHECK_FALSE(machine->has("/var/lib/rpm-state/starface-teams-" + part));
}

TEST_CASE("an RPM comes to its user where somebody has made the group before") {
  const std::string part = GENERATE("agent", "connector");
  const fs::path built = built_package("starface-teams-" + part + "-", "rpm");
  if (built.empty()) return;
  const auto machine = ScratchMachine::make();
  if (!machine) return;
  const std::string name = part == "agent" ? "starface-teams" : "starface-teams-connector";
  machine->must("groupadd " + name);
  machine->must(kRpm + ("-i " + machine->bring(built, "/tmp/packages")));
  CHECK(machine->must("id -gn " + name) == name + "\n");
}

TEST_CASE("an RPM of the connector brings its user and closed directories") {
  const fs::path built = built_package("starface-teams-connector-", "rpm");
  if (built.empty()) return;
  const auto machine = ScratchMachine::make();
  if (!machine) return;
  machine->must(kRpm + ("-i " + machine->bring(built, "/tmp/packages")));
  CHECK(machine->has("/usr/share/doc/starface-teams-connector/examples/prometheus-alerts.yml"));
  CHECK(machine->has("/usr/share/doc/starface-teams-connector/examples/grafana-dashboard.json"));
  for (const char* const name : {"nats-server.conf", "connector.ini", "nats.ini", "haproxy.cfg"}) {
    CAPTURE(name);
    CHECK(machine->has("/usr/share/doc/starface-teams-connector/examples/cluster/" +
                       std::string(name)));
  }
  CHECK(contains(machine->must("rpm --query --suggests starface-teams-connector"), "nats-server"));
  CHECK(machine->has("/usr/share/starface-teams-connector/app/index.html"));
  CHECK(machine->owner_and_mode("/etc/starface-teams-connector/connector.ini") ==
        "0640 root starface-teams-connector");
  CHECK(machine->owner_and_mode("/var/lib/starface-teams-connector") ==
        "0700 starface-teams-connector starface-teams-connector");
  machine->must("starface-teams-connector enroll pbx.example.com");
  machine->must(std::string(kRpm) + "-e starface-teams-connector");
  CHECK(machine->has("/var/lib/starface-teams-connector/registry.sqlite3"));
}

}  // namespace
}  // namespace sfteams::packaging
