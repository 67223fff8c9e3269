#include <catch2/catch.hpp>

#include "tests/packaging/scratch_machine.h"

// The hooks that certbot runs, on a machine with two certificates.

namespace sfteams::packaging {
namespace {

using integration::contains;
using integration::Finished;

/// A machine with the lineages connector.example.com and mail.example.com, whose systemctl only
/// notes what it is asked for.
std::unique_ptr<ScratchMachine> machine_of_certbot(const std::string& hook) {
  std::unique_ptr<ScratchMachine> machine = ScratchMachine::make();
  if (!machine) return nullptr;
  machine->must(
      "getent group starface-teams-connector || groupadd -r starface-teams-connector; "
      "mkdir -p /etc/starface-teams-connector /tmp/bin; "
      "for name in connector mail; do lineage=/etc/letsencrypt/live/$name.example.com; "
      "mkdir -p $lineage; echo \"chain of $name\" >$lineage/fullchain.pem; "
      "echo \"key of $name\" >$lineage/privkey.pem; done");
  machine->write("/tmp/bin/systemctl", "#!/bin/sh\necho \"$@\" >>/tmp/asked\n");
  machine->must("chmod 0755 /tmp/bin/systemctl");
  const auto source = std::filesystem::path(SFTEAMS_SOURCE_DIR) / "packaging/examples" / hook;
  machine->must("install -m 0755 " + machine->bring(source, "/tmp/examples") + " /tmp/hook");
  return machine;
}

std::string renewed(const std::string& name) {
  return "PATH=/tmp/bin:$PATH RENEWED_LINEAGE=/etc/letsencrypt/live/" + name + " /tmp/hook";
}

TEST_CASE("a renewal of another certificate leaves the connector's alone") {
  const auto machine = machine_of_certbot("certbot-connector");
  if (!machine) return;
  const std::string copy = "/etc/starface-teams-connector/fullchain.pem";
  machine->must(renewed("connector.example.com"));
  CHECK(machine->content(copy) == "chain of connector\n");
  CHECK(machine->content("/etc/starface-teams-connector/privkey.pem") == "key of connector\n");
  CHECK(machine->owner_and_mode(copy) == "0640 root starface-teams-connector");
  const std::string asked = machine->content("/tmp/asked");
  CHECK(asked == "try-reload-or-restart starface-teams-connector\n");

  const Finished foreign = machine->run(renewed("mail.example.com"));
  CHECK(foreign.status == 0);
  CHECK(contains(foreign.out, "nothing is done for /etc/letsencrypt/live/mail.example.com"));
  CHECK(machine->content(copy) == "chain of connector\n");
  CHECK(machine->content("/etc/starface-teams-connector/privkey.pem") == "key of connector\n");
  CHECK(machine->content("/tmp/asked") == asked);
}

TEST_CASE("a renewal of another certificate leaves HAProxy's alone") {
  const auto machine = machine_of_certbot("certbot-haproxy");
  if (!machine) return;
  const std::string copy = "/etc/haproxy/certs/connector.example.com.pem";
  machine->must(renewed("connector.example.com"));
  CHECK(machine->content(copy) == "chain of connector\nkey of connector\n");
  CHECK(machine->owner_and_mode(copy) == "0600 root root");
  const std::string asked = machine->content("/tmp/asked");
  CHECK(asked == "try-reload-or-restart haproxy\n");

  CHECK(machine->run(renewed("mail.example.com")).status == 0);
  CHECK_FALSE(machine->has("/etc/haproxy/certs/mail.example.com.pem"));
  CHECK(machine->content(copy) == "chain of connector\nkey of connector\n");
  CHECK(machine->content("/tmp/asked") == asked);
}

}  // namespace
}  // namespace sfteams::packaging
