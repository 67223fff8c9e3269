#include <catch2/catch.hpp>

#include "tests/packaging/booted_machine.h"
#include "tests/packaging/scratch_machine.h"

// The installed services under a real systemd, with everything that the units take away from them.

namespace sfteams::packaging {
namespace {

namespace fs = std::filesystem;
using integration::contains;
using integration::eventually;

constexpr const char* kDpkg = "DEBIAN_FRONTEND=noninteractive dpkg --no-triggers ";

/// A machine with these packages; nothing when the test is to be skipped.
std::unique_ptr<BootedMachine> machine_with(const std::vector<std::string>& packages) {
  std::vector<fs::path> built;
  for (const std::string& package : packages) {
    built.push_back(built_package(package + "_", "deb"));
    if (built.back().empty()) return nullptr;
  }
  std::unique_ptr<BootedMachine> machine = BootedMachine::make();
  if (!machine) return nullptr;
  for (const fs::path& file : built)
    machine->must(kDpkg + ("--install " + machine->disk().bring(file, "/root/packages")));
  return machine;
}

void configure(BootedMachine& machine) {
  machine.disk().write(kAgentIni, configured(machine.disk().content(kAgentIni)));
}

TEST_CASE("a service that is not configured fails once, says why, and is not started again") {
  const auto machine = machine_with({"starface-teams-agent"});
  if (!machine) return;
  CHECK(machine->show("starface-teams-agent", "ActiveState") == "inactive");
  CHECK(machine->run("systemctl start starface-teams-agent").status != 0);
  CHECK(machine->show("starface-teams-agent", "ActiveState") == "failed");
  CHECK(machine->show("starface-teams-agent", "ExecMainStatus") == "78");
  CHECK(machine->show("starface-teams-agent", "NRestarts") == "0");
  CHECK(contains(machine->must("systemctl status starface-teams-agent || true"),
                 "\"name\" in [system] has no value"));
  CHECK(eventually([&] {
    return contains(machine->must("journalctl -u starface-teams-agent -p err"),
                    "[settings.missing]");
  }));
}

TEST_CASE("a connector with a wrong configuration says so as an error, and stays down") {
  const auto machine = machine_with({"starface-teams-connector"});
  if (!machine) return;
  machine->must("echo nonsense >>/etc/starface-teams-connector/connector.ini");
  CHECK(machine->run("systemctl start starface-teams-connector").status != 0);
  CHECK(machine->show("starface-teams-connector", "ExecMainStatus") == "78");
  CHECK(machine->show("starface-teams-connector", "NRestarts") == "0");
  CHECK(eventually([&] {
    return contains(machine->must("journalctl -u starface-teams-connector -p err"),
                    "[settings.syntax]");
  }));
}

TEST_CASE(
    "a service whose certificate authority it cannot see fails once, and says where it may be") {
  const auto machine = machine_with({"starface-teams-agent"});
  if (!machine) return;
  configure(*machine);
  machine->must(
      "mkdir -m 0755 -p /home/otto && cp /etc/ssl/certs/ca-certificates.crt /home/otto/ca.pem && "
      "chmod 0644 /home/otto/ca.pem && "
      "sed -i '/^.connector/,/^.uci/ { s|^ca-file =.*|ca-file = /home/otto/ca.pem|; "
      "s|ws://|wss://| }' " +
      std::string(kAgentIni));
  const auto checked = machine->run("starface-teams-agent config check");
  CHECK(checked.status == 0);
  CHECK(contains(checked.err, "put the file into /etc/starface-teams-agent"));
  CHECK(contains(machine->must("starface-teams-agent check || true"), "WARN  config  "));
  CHECK(machine->run("systemctl start starface-teams-agent").status != 0);
  CHECK(machine->show("starface-teams-agent", "ExecMainStatus") == "66");
  CHECK(machine->show("starface-teams-agent", "ActiveState") == "failed");
  CHECK(machine->show("starface-teams-agent", "NRestarts") == "0");
  CHECK(eventually([&] {
    return contains(machine->must("journalctl -u starface-teams-agent -p err"),
                    "sees neither homes");
  }));
}

TEST_CASE(
    "connector and agent serve with no root, no capability too many and a status that is true") {
  const auto machine = machine_with({"starface-teams-agent", "starface-teams-connector"});
  if (!machine) return;
  // Port 443, which takes a capability.
  const std::string ini = "/etc/starface-teams-connector/connector.ini";
  machine->must("sed -i 's/^address = .*/address = 127.0.0.1:443/' " + ini);
  machine->must("systemctl enable --now starface-teams-connector");
  machine->must("starface-teams-connector enroll pbx.example.com");
  configure(*machine);
  machine->must(std::string("sed -i 's|^url = ws://.*|url = ws://127.0.0.1:443|' ") + kAgentIni);
  machine->must("systemctl enable --now starface-teams-agent");
  CHECK(eventually([&] {
    return contains(machine->show("starface-teams-agent", "StatusText"),
                    "registered as pbx.example.com");
  }));
  CHECK(eventually([&] {
    return machine->show("starface-teams-connector", "StatusText") ==
           "1 agent and 0 clients on 127.0.0.1:443 (plain)";
  }));
  const auto process = [&](const std::string& unit) {
    return machine->must("cat /proc/" + machine->show(unit, "MainPID") + "/status");
  };
  const std::string agent = process("starface-teams-agent");
  CHECK(contains(agent, "CapEff:\t0000000000000000"));
  CHECK(contains(agent, "CapBnd:\t0000000000000000"));
  CHECK(contains(agent, "NoNewPrivs:\t1"));
  CHECK_FALSE(contains(agent, "Uid:\t0"));
  const std::string connector = process("starface-teams-connector");
  CHECK(contains(connector, "CapBnd:\t0000000000000400"));
  CHECK_FALSE(contains(connector, "Uid:\t0"));

  // The page came with the package, and nothing has to be set for it.
  CHECK(contains(machine->must("curl --silent --fail --noproxy '*' http://127.0.0.1:443/app/"),
                 "<!doctype html>"));

  machine->must("starface-teams-agent key new");
  CHECK(machine->must("find /var/lib/starface-teams-agent ! -user starface-teams").empty());
  // systemd has made the directories its own affair, and left them as the package made them.
  CHECK(machine->disk().owner_and_mode("/etc/starface-teams-agent") == "0750 root starface-teams");
  CHECK(machine->disk().owner_and_mode(kAgentIni) == "0660 root starface-teams");
  CHECK(machine->disk().owner_and_mode("/var/lib/starface-teams-agent") ==
        "0700 starface-teams starface-teams");
}

TEST_CASE("a reload says whether the configuration was taken, and the service goes on either way") {
  const auto machine = machine_with({"starface-teams-agent"});
  if (!machine) return;
  configure(*machine);
  machine->must("systemctl start starface-teams-agent");
  const std::string process = machine->show("starface-teams-agent", "MainPID");
  machine->must("systemctl reload starface-teams-agent");
  machine->must(std::string("echo nonsense >>") + kAgentIni);
  CHECK(machine->run("systemctl reload starface-teams-agent").status != 0);
  CHECK(machine->show("starface-teams-agent", "ActiveState") == "active");
  CHECK(machine->show("starface-teams-agent", "MainPID") == process);
  CHECK(eventually([&] {
    return contains(machine->must("journalctl -u starface-teams-agent"), "[settings.syntax]");
  }));
}

TEST_CASE("a reload of the connector fails on a wrong configuration, and the service goes on") {
  const auto machine = machine_with({"starface-teams-connector"});
  if (!machine) return;
  const std::string unit = "starface-teams-connector";
  machine->must("systemctl start " + unit);
  const std::string process = machine->show(unit, "MainPID");
  machine->must("systemctl reload " + unit);
  machine->must("echo nonsense >>/etc/starface-teams-connector/connector.ini");
  CHECK(machine->run("systemctl reload " + unit).status != 0);
  CHECK(machine->show(unit, "ActiveState") == "active");
  CHECK(machine->show(unit, "MainPID") == process);
  CHECK(eventually([&] {
    return contains(machine->must("journalctl -p err -u " + unit), "[settings.syntax]");
  }));
}

TEST_CASE("the administration page saves into the configuration as it is installed") {
  const auto machine = machine_with({"starface-teams-agent"});
  if (!machine) return;
  configure(*machine);
  machine->must(std::string("sed -i '/^.admin/,/^.log/ s/^listen =.*/listen = 127.0.0.1:9780/' ") +
                kAgentIni);
  machine->must("systemctl start starface-teams-agent");
  // What the page's script does, with another one's means.
  const std::string saved = machine->must(R"(
    set -e
    token=$(starface-teams-agent admin-link | sed -n 's|.*/#||p')
    post() {
      curl --silent --show-error --cookie-jar /tmp/jar --cookie /tmp/jar --header 'content-type: application/json' \
        --header 'origin: http://127.0.0.1:9780' --header "x-csrf-token: $csrf" --data "$2" "http://127.0.0.1:9780/api/$1"
    }
    csrf=$(post sign-in "{\"token\": \"$token\"}" | jq --raw-output .result.csrf)
    post settings-save '{"name": "office.example.com"}')");
  CAPTURE(saved);
  CHECK(contains(saved, "\"changes\""));
  const std::string ini = machine->disk().content(kAgentIni);
  CHECK(contains(ini, "\nname = office.example.com\n"));
  CHECK(contains(ini, "# Every key is listed here with its default"));
  // Root edits it further, the service reads it further, and nobody else does.
  CHECK(machine->disk().owner_and_mode(kAgentIni) == "0660 root starface-teams");
  CHECK(machine->run("runuser -u starface-teams -- ln -sf /etc/shadow " + std::string(kAgentIni))
            .status != 0);
  machine->must("systemctl reload starface-teams-agent");
}

TEST_CASE("a service whose loop hangs is ended by the watchdog and started again") {
  const auto machine = machine_with({"starface-teams-agent", "starface-teams-connector"});
  if (!machine) return;
  const std::string unit = GENERATE("starface-teams-agent", "starface-teams-connector");
  CAPTURE(unit);
  configure(*machine);
  // Shorter than what is shipped, so that the test is quick.
  machine->must("mkdir -p /run/systemd/system/" + unit + ".service.d");
  machine->must("printf '[Service]\\nWatchdogSec=1\\nRestartSec=0\\n' >/run/systemd/system/" +
                unit + ".service.d/quick.conf; systemctl daemon-reload");
  machine->must("systemctl start " + unit);
  const std::string process = machine->show(unit, "MainPID");
  // Longer than its patience: it is alive, because it pings.
  CHECK_FALSE(eventually([&] { return machine->show(unit, "NRestarts") != "0"; },
                         std::chrono::milliseconds(1500)));
  machine->must("kill -STOP " + process);
  CHECK(eventually([&] {
    return machine->show(unit, "NRestarts") == "1" &&
           machine->show(unit, "ActiveState") == "active";
  }));
  CHECK(machine->show(unit, "MainPID") != process);
}

TEST_CASE("an upgrade starts what runs again, a removal ends it, and what is off stays off") {
  const auto machine = machine_with({"starface-teams-agent", "starface-teams-connector"});
  if (!machine) return;
  configure(*machine);
  machine->must("systemctl enable --now starface-teams-agent");
  const std::string before = machine->show("starface-teams-agent", "MainPID");
  machine->must(std::string(kDpkg) + "--install /root/packages/*.deb");
  CHECK(machine->show("starface-teams-agent", "ActiveState") == "active");
  CHECK(machine->show("starface-teams-agent", "MainPID") != before);
  CHECK(machine->show("starface-teams-connector", "ActiveState") == "inactive");

  machine->must(std::string(kDpkg) + "--purge starface-teams-agent");
  CHECK(machine->run("kill -0 " + before).status != 0);
  CHECK(machine->run("pidof starface-teams-agent").status != 0);
  CHECK_FALSE(machine->disk().has(
      "/etc/systemd/system/multi-user.target.wants/starface-teams-agent.service"));
}

TEST_CASE("the service of an RPM is not started by itself, and ends with its package") {
  const fs::path built = built_package("starface-teams-agent-", "rpm");
  if (built.empty()) return;
  const std::unique_ptr<BootedMachine> machine = BootedMachine::make();
  if (!machine) return;
  const std::string rpm = "rpm --force-debian --nodeps ";
  machine->must(rpm + "-i " + machine->disk().bring(built, "/root/packages"));
  CHECK(machine->show("starface-teams-agent", "ActiveState") == "inactive");
  CHECK(machine->show("starface-teams-agent", "UnitFileState") == "disabled");
  configure(*machine);
  machine->must("systemctl enable --now starface-teams-agent");
  CHECK(machine->show("starface-teams-agent", "ActiveState") == "active");
  machine->must(rpm + "-e starface-teams-agent");
  CHECK(machine->run("pidof starface-teams-agent").status != 0);
  CHECK_FALSE(machine->disk().has(
      "/etc/systemd/system/multi-user.target.wants/starface-teams-agent.service"));
}

}  // namespace
}  // namespace sfteams::packaging
