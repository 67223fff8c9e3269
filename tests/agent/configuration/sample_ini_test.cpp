#include "tests/sample_ini.h"

#include <fstream>
#include <iterator>
#include <regex>
#include <string>

#include <catch2/catch.hpp>

#include "agent/configuration/configuration.h"
#include "tests/agent/configuration/configured.h"

// packaging/agent.ini says of each key what the code does: its default, and its range.

namespace sfteams::agent {
namespace {

/// The sample with the two keys that have to be set, and every commented-out key in force.
std::string sample() {
  std::ifstream file(SFTEAMS_SOURCE_DIR "/packaging/agent.ini");
  REQUIRE(file);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  text = std::regex_replace(text, std::regex("\nname =\n"), "\nname = pbx.example.com\n");
  text = std::regex_replace(text, std::regex("\nurl =\n"), "\nurl = wss://connector.example.com\n");
  return std::regex_replace(text, std::regex("(^|\n);(?=[a-z-]+ = )"), "$1");
}

TEST_CASE("what the shipped file says is what holds without it, in every section") {
  const Configuration shipped = good(sample());
  const Configuration defaults =
      good("[system]\nname = pbx.example.com\n[connector]\nurl = wss://connector.example.com\n");
  CHECK(shipped.name == defaults.name);
  CHECK(shipped.connector == defaults.connector);
  CHECK(shipped.uci == defaults.uci);
  CHECK(shipped.limits == defaults.limits);
  CHECK(shipped.license == defaults.license);
  CHECK(shipped.log == defaults.log);
  CHECK(shipped.check == defaults.check);
  CHECK(shipped.admin == defaults.admin);
  CHECK(shipped.watch == defaults.watch);
}

TEST_CASE("the shipped file says in which range each number has to be") {
  const std::size_t numbers = sfteams::test::check_ranges(sample(), [](const settings::Ini& ini) {
    settings::Reader reader(ini);
    return read_configuration(reader);
  });
  CHECK(numbers > 15);
}

}  // namespace
}  // namespace sfteams::agent
