#include "agent/state/state_directory.h"

#include <fstream>

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/state/codes.h"
#include "tests/contains.h"
#include "tests/file_mode.h"
#include "tests/temporary_directory.h"

namespace sfteams::agent {
namespace {

TEST_CASE("a missing state directory is made, for its owner alone") {
  const TemporaryDirectory root;
  const auto state = StateDirectory::open(root / "var" / "state");
  REQUIRE(state);
  CHECK(sfteams::test::mode_of(root / "var" / "state") == 0700);
  CHECK(state->repairs().empty());
}

TEST_CASE("a state directory can be named from where one is, and its way is made") {
  const TemporaryDirectory scratch;
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(scratch.path());
  const bool beside = StateDirectory::open("state").has_value();
  const bool below = StateDirectory::open("way/there/state").has_value();
  std::filesystem::current_path(before);
  CHECK(beside);
  CHECK(below);
  CHECK(std::filesystem::is_directory(scratch / "way" / "there" / "state"));
}

TEST_CASE("what was open to others is closed and told") {
  const TemporaryDirectory root;
  const auto path = root / "state";
  REQUIRE(StateDirectory::open(path));
  std::ofstream(path / "key.json") << "{}";
  chmod((path / "key.json").c_str(), 0644);
  chmod(path.c_str(), 0755);
  const auto state = StateDirectory::open(path);
  REQUIRE(state);
  CHECK(sfteams::test::mode_of(path) == 0700);
  CHECK(sfteams::test::mode_of(path / "key.json") == 0600);
  REQUIRE(state->repairs().size() == 2);
  CHECK(state->repairs()[1].code == codes::kStateWasOpen);
  CHECK(contains(state->repairs()[1].message, "key.json"));
  CHECK(contains(state->repairs()[1].message, "0644"));
  CHECK(StateDirectory::open(path)->repairs().empty());
}

TEST_CASE("a file in place of the directory is refused") {
  const TemporaryDirectory root;
  std::ofstream(root / "state") << "x";
  const auto state = StateDirectory::open(root / "state");
  REQUIRE_FALSE(state);
  CHECK(state.error().code == codes::kStateUnusable);
  CHECK(contains(state.error().message, (root / "state").string()));
}

TEST_CASE("a secret that is a link is refused") {
  const TemporaryDirectory root;
  REQUIRE(StateDirectory::open(root / "state"));
  std::ofstream(root / "elsewhere") << "{}";
  std::filesystem::create_symlink(root / "elsewhere", root / "state" / "key.json");
  const auto state = StateDirectory::open(root / "state");
  REQUIRE_FALSE(state);
  CHECK(state.error().code == codes::kStateUnusable);
}

TEST_CASE("a directory of another user is refused") {
  if (geteuid() != 0) return;  // only root can give a directory away
  const TemporaryDirectory root;
  REQUIRE(StateDirectory::open(root / "state"));
  REQUIRE(chown((root / "state").c_str(), 65534, 65534) == 0);
  const auto state = StateDirectory::open(root / "state");
  REQUIRE_FALSE(state);
  CHECK(contains(state.error().message, "65534"));
}

TEST_CASE("only one instance holds the lock, and the other learns which process does") {
  const TemporaryDirectory root;
  const auto state = StateDirectory::open(root / "state");
  REQUIRE(state);
  {
    const auto lock = InstanceLock::take(*state);
    REQUIRE(lock);
    const auto second = InstanceLock::take(*state);
    REQUIRE_FALSE(second);
    CHECK(second.error().code == codes::kAlreadyRunning);
    CHECK(second.error().code.exit == Exit::temp_failure);
    CHECK(contains(second.error().message, "process " + std::to_string(getpid())));
    CHECK(contains(second.error().message, (root / "state").string()));
  }
  CHECK(InstanceLock::take(*state));
}

TEST_CASE("a lock that a dead process left behind does not hold") {
  const TemporaryDirectory root;
  const auto state = StateDirectory::open(root / "state");
  std::ofstream(state->lock_file()) << "99999\nand more\n";
  CHECK(InstanceLock::take(*state));
  std::ifstream file(state->lock_file());
  std::string line;
  std::getline(file, line);
  CHECK(line == std::to_string(getpid()));
}

}  // namespace
}  // namespace sfteams::agent
