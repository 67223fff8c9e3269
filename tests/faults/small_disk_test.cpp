#include "tests/faults/small_disk.h"

#include <csignal>

#include <catch2/catch.hpp>

#include "tests/integration/installation.h"
#include "tests/machine.h"

// What the programs do when their disk is full, and when it is not any more.

namespace sfteams::faults {
namespace {

using integration::contains;
using integration::eventually;
using integration::Finished;
using integration::Installation;

constexpr std::size_t kState = 64U << 10U;
constexpr std::size_t kRegistry = 256U << 10U;

std::unique_ptr<SmallDisk> disk_at(const std::filesystem::path& directory, std::size_t bytes) {
  auto disk = SmallDisk::create(directory, bytes);
  if (disk) return std::move(*disk);
  machine::skipped("no disk can be made: " + disk.error());
  return nullptr;
}

bool signs_in(Installation& installation) {
  const Finished finished = installation.client(Installation::kAnna, {"login"});
  UNSCOPED_INFO(finished.err);
  return finished.status == 0;
}

TEST_CASE("a full disk of the agent costs no key and no user; afterwards a key can be made again") {
  Installation installation;
  const auto disk = disk_at(installation.file("state"), kState);
  if (!disk) return;
  installation.start();
  disk->fill();

  const Finished refused = installation.agent_command({"key", "new", "--grace", "1h"});
  INFO(refused.err);
  CHECK(refused.status == 73);
  CHECK(contains(refused.err, "[keygen.file-not-written]"));
  CHECK(contains(refused.err, "No space left on device"));
  CHECK(signs_in(installation));
  // Nothing half made is left to be stumbled over at the next start.
  installation.agent().signal(SIGKILL);
  REQUIRE(installation.agent().wait());
  REQUIRE_NOTHROW(installation.start_agent());
  CHECK(signs_in(installation));

  disk->clear();
  const Finished made = installation.agent_command({"key", "new", "--grace", "1h"});
  INFO(made.err);
  CHECK(made.status == 0);
  CHECK(signs_in(installation));  // by the older key
  const auto newer = installation.file("newer.key");
  CHECK(installation.agent_command({"key", "export", newer.string()}).status == 0);
  installation.use_key_file(newer);
  CHECK(signs_in(installation));
}

TEST_CASE(
    "on a full disk the connector serves whom it knows, and writes when there is room again") {
  Installation installation;
  const auto disk = disk_at(installation.file("registry"), kRegistry);
  if (!disk) return;
  installation.start();
  disk->fill();

  // A new key is known to the connector that runs, though it cannot be written.
  REQUIRE(installation.agent_command({"key", "new", "--revoke"}).status == 0);
  const auto newer = installation.file("newer.key");
  REQUIRE(installation.agent_command({"key", "export", newer.string()}).status == 0);
  installation.use_key_file(newer);
  CHECK(signs_in(installation));
  CHECK(eventually(
      [&] { return contains(installation.connector().err(), "[connector.registry-full]"); }));

  disk->clear();
  CHECK(eventually(
      [&] { return contains(installation.connector().err(), "it can be written again"); }));
  // Written indeed: without the agent only the registry can tell that this key is right.
  installation.agent().signal(SIGKILL);
  installation.connector().signal(SIGKILL);
  REQUIRE(installation.connector().wait());
  installation.start_connector();
  CHECK(contains(installation.client(Installation::kAnna, {"login"}).err, "tunnel.pbx-offline"));
}

TEST_CASE("a connector that is killed and started on a full disk serves whom it knows") {
  Installation installation;
  const auto disk = disk_at(installation.file("registry"), kRegistry);
  if (!disk) return;
  installation.start();
  disk->fill();
  installation.connector().signal(SIGKILL);
  REQUIRE(installation.connector().wait());
  REQUIRE_NOTHROW(installation.start_connector());
  CHECK(installation.registered());
  CHECK(signs_in(installation));
}

}  // namespace
}  // namespace sfteams::faults
