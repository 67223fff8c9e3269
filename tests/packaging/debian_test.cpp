#include <catch2/catch.hpp>

#include "tests/packaging/scratch_machine.h"

// The life of the Debian packages on a machine: installed, configured, upgraded, removed, installed
// again, purged.

namespace sfteams::packaging {
namespace {

namespace fs = std::filesystem;
using integration::contains;
using integration::Finished;

constexpr const char* kAgentState = "/var/lib/starface-teams-agent";

/// There is no terminal, as in unattended upgrades: a question would end dpkg. The machine's index
/// of manuals is not what is tested.
constexpr const char* kQuietDpkg = "</dev/null DEBIAN_FRONTEND=noninteractive dpkg --no-triggers ";
constexpr const char* kAgentSample = "/usr/share/starface-teams-agent/agent.ini";

std::string install(ScratchMachine& machine, const std::string& package) {
  return machine.must(std::string(kQuietDpkg) + "--install " + package);
}

/// The same package as the next version, whose sample configuration says more.
fs::path next_version(ScratchMachine& machine, const std::string& package,
                      const std::string& sample) {
  machine.must("dpkg-deb --raw-extract " + package +
               " /tmp/next && sed -i 's/^Version: .*/Version: 99.0-1/' /tmp/next/DEBIAN/control && "
               "echo '# New in 99.0.' >>/tmp/next" +
               sample + " && dpkg-deb -Znone --root-owner-group --build /tmp/next /tmp/next.deb");
  return "/tmp/next.deb";
}

struct Agent {
  std::unique_ptr<ScratchMachine> machine;
  std::string package;

  /// Gives nothing when the test is to be skipped.
  static std::optional<Agent> brought() {
    const fs::path built = built_package("starface-teams-agent_", "deb");
    if (built.empty()) return std::nullopt;
    std::unique_ptr<ScratchMachine> machine = ScratchMachine::make();
    if (!machine) return std::nullopt;
    std::string package = machine->bring(built, "/tmp/packages");
    return Agent{std::move(machine), std::move(package)};
  }

  /// Names the PBX and the connector, lets the daemon make its identity, and makes a key.
  void configure_and_use() {
    machine->write(kAgentIni, configured(machine->content(kAgentIni)));
    machine->must("starface-teams-agent config check");
    machine->must(
        "setpriv --reuid=starface-teams --regid=starface-teams --init-groups "
        "starface-teams-agent run 2>/tmp/agent.log & daemon=$!; "
        "tries=0; until starface-teams-agent status >/tmp/status; [ -s /tmp/status ]; do "
        "  tries=$((tries + 1)); [ $tries -lt 200 ] || exit 1; sleep 0.05; done; "
        "starface-teams-agent key new && kill $daemon && wait $daemon");
  }
  [[nodiscard]] std::string secrets() const {
    return machine->content(std::string(kAgentState) + "/identity.json") +
           machine->content(std::string(kAgentState) + "/key.json");
  }
};

TEST_CASE("a fresh Debian package of the agent brings its user, closed directories and a service") {
  auto agent = Agent::brought();
  if (!agent) return;
  ScratchMachine& machine = *agent->machine;
  const std::string told = install(machine, agent->package);
  CHECK(contains(told, "1. enter the PBX's name"));
  CHECK(contains(told, "systemctl enable --now starface-teams-agent"));
  CHECK(contains(machine.must("getent passwd starface-teams"),
                 ":/var/lib/starface-teams-agent:/usr/sbin/nologin"));
  CHECK(machine.owner_and_mode("/etc/starface-teams-agent") == "0750 root starface-teams");
  CHECK(machine.owner_and_mode(kAgentIni) == "0660 root starface-teams");
  CHECK(machine.owner_and_mode(kAgentState) == "0700 starface-teams starface-teams");
  CHECK(machine.has("/lib/systemd/system/starface-teams-agent.service"));
  CHECK(machine.has("/usr/share/doc/starface-teams-agent/examples/prometheus-alerts.yml"));
  CHECK(machine.has("/usr/share/doc/starface-teams-agent/examples/grafana-dashboard.json"));
  CHECK_FALSE(
      machine.has("/etc/systemd/system/multi-user.target.wants/starface-teams-agent.service"));
  for (const char* name :
       {"starface-teams-agent", "starface-teams-client", "starface-teams-keygen"})
    CHECK(contains(machine.must(std::string(name) + " --version"), name));
}

TEST_CASE(
    "an agent that nobody has configured says what is missing, with the status that systemd "
    "does not start again after") {
  auto agent = Agent::brought();
  if (!agent) return;
  ScratchMachine& machine = *agent->machine;
  install(machine, agent->package);
  const Finished refused = machine.run("runuser -u starface-teams -- starface-teams-agent run");
  CHECK(refused.status == 78);
  CHECK(contains(refused.err, "[settings.missing] /etc/starface-teams-agent/agent.ini:"));
  CHECK(contains(refused.err, "\"name\" in [system]"));
  CHECK(contains(machine.content("/lib/systemd/system/starface-teams-agent.service"),
                 "\nRestartPreventExitStatus=64 65 66 78\n"));
}

TEST_CASE("what root does before and while the agent runs leaves nothing that is root's") {
  auto agent = Agent::brought();
  if (!agent) return;
  ScratchMachine& machine = *agent->machine;
  install(machine, agent->package);
  agent->configure_and_use();
  CHECK(machine.must(std::string("find ") + kAgentState + " ! -user starface-teams").empty());
  CHECK(machine.must(std::string("find ") + kAgentState + " -type f -perm /077").empty());
  CHECK_FALSE(contains(machine.content("/tmp/agent.log"), "started as root"));
  machine.must("cd /root && starface-teams-agent key export users.key && test -s users.key");
}

TEST_CASE("an upgrade keeps the agent's configuration, identity and key, and leaves one INI file") {
  auto agent = Agent::brought();
  if (!agent) return;
  ScratchMachine& machine = *agent->machine;
  install(machine, agent->package);
  agent->configure_and_use();
  const std::string ini = machine.content(kAgentIni);
  const std::string secrets = agent->secrets();
  REQUIRE(contains(secrets, "{"));

  machine.must(std::string("chmod 0600 ") + kAgentIni);
  const std::string told =
      install(machine, next_version(machine, agent->package, kAgentSample).string());
  CHECK_FALSE(contains(told, "1. enter the PBX's name"));
  CHECK(contains(machine.must("dpkg-query -W starface-teams-agent"), "99.0-1"));
  CHECK(machine.content(kAgentIni) == ini);
  CHECK(machine.owner_and_mode(kAgentIni) == "0600 root starface-teams");
  CHECK(contains(machine.content(kAgentSample), "New in 99.0."));
  CHECK(machine.must("ls /etc/starface-teams-agent") == "agent.ini\n");
  CHECK(agent->secrets() == secrets);
  machine.must(std::string("chmod 0660 ") + kAgentIni);
  machine.must("runuser -u starface-teams -- starface-teams-agent config check");
}

TEST_CASE("a removed agent keeps what it had for its return, and a purged one leaves nothing") {
  auto agent = Agent::brought();
  if (!agent) return;
  ScratchMachine& machine = *agent->machine;
  install(machine, agent->package);
  agent->configure_and_use();
  const std::string ini = machine.content(kAgentIni);
  const std::string secrets = agent->secrets();

  machine.must(std::string(kQuietDpkg) + "--remove starface-teams-agent");
  CHECK_FALSE(machine.has("/usr/bin/starface-teams-agent"));
  CHECK(machine.content(kAgentIni) == ini);
  CHECK(agent->secrets() == secrets);
  install(machine, agent->package);
  CHECK(machine.content(kAgentIni) == ini);
  CHECK(machine.owner_and_mode(kAgentIni) == "0660 root starface-teams");
  CHECK(agent->secrets() == secrets);

  const std::string told = machine.must(std::string(kQuietDpkg) + "--purge starface-teams-agent");
  CHECK_FALSE(contains(told, "rm -r"));
  CHECK_FALSE(machine.has("/etc/starface-teams-agent"));
  CHECK_FALSE(machine.has(kAgentState));
  CHECK_FALSE(machine.has("/lib/systemd/system/starface-teams-agent.service"));
  CHECK_FALSE(machine.has("/usr/share/doc/starface-teams-agent"));
}

TEST_CASE("the Debian package of the connector lives and goes like that of the agent") {
  const fs::path built = built_package("starface-teams-connector_", "deb");
  if (built.empty()) return;
  const auto machine = ScratchMachine::make();
  if (!machine) return;
  const std::string package = machine->bring(built, "/tmp/packages");
  const std::string ini = "/etc/starface-teams-connector/connector.ini";
  CHECK(contains(install(*machine, package), "1. enter the address"));
  CHECK(machine->has("/usr/share/doc/starface-teams-connector/examples/prometheus-alerts.yml"));
  CHECK(machine->has("/usr/share/doc/starface-teams-connector/examples/grafana-dashboard.json"));
  CHECK(machine->has("/usr/share/doc/starface-teams-connector/examples/certbot-connector"));
  for (const char* const name : {"nats-server.conf", "connector.ini", "nats.ini", "haproxy.cfg"}) {
    CAPTURE(name);
    CHECK(machine->has("/usr/share/doc/starface-teams-connector/examples/cluster/" +
                       std::string(name)));
  }
  CHECK(contains(
      machine->must("dpkg-query --show --showformat '${Suggests}' starface-teams-connector"),
      "nats-server"));
  CHECK(machine->has("/usr/share/starface-teams-connector/app/index.html"));
  CHECK(machine->owner_and_mode(ini) == "0640 root starface-teams-connector");
  CHECK(machine->owner_and_mode("/var/lib/starface-teams-connector") ==
        "0700 starface-teams-connector starface-teams-connector");
  machine->must("starface-teams-connector enroll pbx.example.com");
  CHECK(machine->must("find /var/lib/starface-teams-connector ! -user starface-teams-connector")
            .empty());

  machine->write(ini, machine->content(ini) + "# Ours.\n");
  const std::string sample = "/usr/share/starface-teams-connector/connector.ini";
  install(*machine, next_version(*machine, package, sample).string());
  CHECK(contains(machine->content(ini), "# Ours."));
  machine->must(std::string(kQuietDpkg) + "--remove starface-teams-connector");
  install(*machine, package);
  CHECK(contains(machine->content(ini), "# Ours."));
  CHECK(contains(machine->must("starface-teams-connector list"), "pbx.example.com"));
  // As the deploy hook of certbot makes it.
  machine->write("/etc/starface-teams-connector/privkey.pem", "secret");
  CHECK(contains(machine->must(std::string(kQuietDpkg) + "--purge starface-teams-connector"),
                 "To delete it: rm -r /etc/starface-teams-connector\n"));
  CHECK_FALSE(machine->has("/var/lib/starface-teams-connector"));
}

TEST_CASE(
    "an upgrade from a package whose configuration was a conffile keeps it and asks nothing") {
  auto agent = Agent::brought();
  if (!agent) return;
  ScratchMachine& machine = *agent->machine;
  machine.must(
      "dpkg-deb --raw-extract " + agent->package +
      " /tmp/before && cd /tmp/before && sed -i 's/^Version: .*/Version: 0.0.1-1/' "
      "DEBIAN/control && echo '# Of 0.0.1.' | cat " +
      std::string(".") + kAgentSample + " - >etc/starface-teams-agent/agent.ini && echo " +
      kAgentIni +
      " >>DEBIAN/conffiles && dpkg-deb -Znone --root-owner-group --build . /tmp/before.deb");
  install(machine, "/tmp/before.deb");
  const bool edited = GENERATE(true, false);
  if (edited) machine.write(kAgentIni, machine.content(kAgentIni) + "# Ours.\n");
  const std::string ini = machine.content(kAgentIni);
  REQUIRE(contains(ini, "# Of 0.0.1."));
  install(machine, agent->package);
  CHECK(machine.content(kAgentIni) == ini);
  CHECK(machine.must("ls /etc/starface-teams-agent") == "agent.ini\n");
  machine.must(std::string(kQuietDpkg) + "--purge starface-teams-agent");
  CHECK_FALSE(machine.has("/etc/starface-teams-agent"));
}

TEST_CASE("a configuration under another name stays the only one through an upgrade") {
  auto agent = Agent::brought();
  if (!agent) return;
  ScratchMachine& machine = *agent->machine;
  install(machine, agent->package);
  machine.must("mv " + std::string(kAgentIni) + " /etc/starface-teams-agent/pbx.ini");
  install(machine, next_version(machine, agent->package, kAgentSample).string());
  CHECK(machine.must("ls /etc/starface-teams-agent") == "pbx.ini\n");
}

TEST_CASE("a configuration that was lost and is brought back can be read by its service") {
  const std::string part = GENERATE("agent", "connector");
  const std::string name = "starface-teams-" + part;
  const std::string ini = "/etc/" + name + "/" + part + ".ini";
  const fs::path built = built_package(name + "_", "deb");
  if (built.empty()) return;
  const auto machine = ScratchMachine::make();
  if (!machine) return;
  const std::string package = machine->bring(built, "/tmp/packages");
  install(*machine, package);
  const std::string group = part == "agent" ? "starface-teams" : name;
  machine->must("rm -r /etc/" + name);
  install(*machine, package);
  CHECK(contains(machine->owner_and_mode(ini), "root " + group));
  CHECK(contains(machine->owner_and_mode("/etc/" + name), "root " + group));
  machine->must("runuser -u " + group + " -- cat " + ini + " >/dev/null");

  // What the administrator has given to others stays theirs.
  machine->must("chgrp adm " + ini);
  install(*machine, package);
  CHECK(contains(machine->owner_and_mode(ini), "root adm"));
}

TEST_CASE(
    "what is no package's own outlives a purge: a file that somebody has put beside the INI") {
  auto agent = Agent::brought();
  if (!agent) return;
  ScratchMachine& machine = *agent->machine;
  install(machine, agent->package);
  machine.write("/etc/starface-teams-agent/ca.pem", "ours");
  const std::string drop_in = "/etc/systemd/system/starface-teams-agent.service.d";
  machine.must("mkdir -p " + drop_in + " && echo '[Service]' >" + drop_in + "/override.conf");
  const std::string told = machine.must(std::string(kQuietDpkg) + "--purge starface-teams-agent");
  CHECK(contains(told, "To delete it: rm -r /etc/starface-teams-agent\n"));
  CHECK(contains(told, "To delete it: rm -r " + drop_in + "\n"));
  CHECK(machine.content("/etc/starface-teams-agent/ca.pem") == "ours");
  CHECK_FALSE(machine.has(kAgentIni));
}

TEST_CASE("the same binaries make the same packages, byte for byte, whenever and wherever") {
  const fs::path deb = built_package("starface-teams-agent_", "deb");
  if (deb.empty()) return;
  const integration::ScratchDirectory scratch;
  const Finished built = integration::run(SFTEAMS_SOURCE_DIR "/packaging/build-packages",
                                          {{SFTEAMS_BUILD_DIR, scratch.path() / "again"},
                                           scratch.path() / "build-packages",
                                           "",
                                           {"LINTIAN=no", "TZ=Pacific/Auckland"}});
  INFO(built.err);
  REQUIRE(built.status == 0);
  int compared = 0;
  for (const auto& entry : fs::directory_iterator(deb.parent_path())) {
    const std::string name = entry.path().filename().string();
    CAPTURE(name);
    CHECK(integration::read_file(entry.path()) ==
          integration::read_file(scratch.path() / "again" / name));
    ++compared;
  }
  CHECK(compared == 4);
}

}  // namespace
}  // namespace sfteams::packaging
