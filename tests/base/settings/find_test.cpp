#include <catch2/catch.hpp>

#include "base/settings/codes.h"
#include "base/settings/ini.h"
#include "tests/base/settings/fixtures.h"
#include "tests/contains.h"

namespace sfteams::settings {
namespace {

TEST_CASE("a directory with one *.ini means that file") {
  const auto found = find_one(kFixtures / "one");
  REQUIRE(found);
  CHECK(found->filename() == "agent.ini");
}

TEST_CASE("a file means itself, whatever its name") {
  const auto found = find_one(kFixtures / "one" / "notes.txt");
  REQUIRE(found);
  CHECK(*found == kFixtures / "one" / "notes.txt");
}

TEST_CASE("two *.ini are refused and both are named") {
  const auto found = find_one(kFixtures / "several");
  REQUIRE_FALSE(found);
  CHECK(found.error().code == codes::kSeveral);
  CHECK(found.error().code.exit == Exit::config);
  const std::string& message = found.error().message;
  CHECK(contains(message, (kFixtures / "several" / "a.ini").string()));
  CHECK(contains(message, (kFixtures / "several" / "b.ini").string()));
}

TEST_CASE("nothing there is told with what to do") {
  for (const char* name : {"none", "absent", "absent/agent.ini"}) {
    const auto found = find_one(kFixtures / name);
    REQUIRE_FALSE(found);
    CHECK(found.error().code == codes::kNone);
    CHECK(found.error().code.exit == Exit::config);
    CHECK(contains(found.error().message, name));
    CHECK(contains(found.error().hint, "--config"));
  }
}

}  // namespace
}  // namespace sfteams::settings
