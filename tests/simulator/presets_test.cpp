#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "base/json/json.h"
#include "simulator/configuration.h"
#include "simulator/switches.h"
#include "tests/contains.h"
#include "tests/integration/child_process.h"
#include "tests/simulator/house.h"

namespace sfteams::simulator::test {
namespace {

std::string value_of(const Options& options, std::string_view name) {
  for (const Switch& one : switches()) {
    if (one.name == name) return one.access.get(options);
  }
  FAIL("there is no switch " << name);
  return {};
}

TEST_CASE("every switch takes its own default, and no other text") {
  for (const Switch& one : switches()) {
    CAPTURE(one.name);
    Options options;
    CHECK(set_switch(options, one.name, one.access.get(options)));
    CHECK_FALSE(set_switch(options, one.name, std::string("\x01", 1)));
  }
}

TEST_CASE("every value that a switch of OAuth or REST lists is taken and given back") {
  int taken = 0;
  for (const Switch& one : switches()) {
    const std::string values(one.values);
    const bool of_oauth = one.name.find("oauth") == 0 || one.name == "callback-auth" ||
                          one.name == "login-config" || one.name == "login-after-renewal" ||
                          one.name == "jwt-refusal" || one.name.find("rest") == 0 ||
                          one.name == "preset";
    if (!of_oauth || !contains(values, " | ")) continue;
    std::size_t from = 0;
    while (from < values.size()) {
      const std::size_t end = std::min(values.find(" | ", from), values.size());
      const std::string value = values.substr(from, end - from);
      CAPTURE(one.name, value);
      Options options;
      REQUIRE(set_switch(options, one.name, value));
      CHECK(one.access.get(options) == value);
      ++taken;
      from = end + 3;
    }
  }
  CHECK(taken > 50);
}

TEST_CASE("a preset is what a PBX of that release has") {
  Options options;
  REQUIRE(set_switch(options, "preset=10"));
  CHECK(options.version == "10.0.2.6");
  CHECK(value_of(options, "oauth") == "yes");
  CHECK(value_of(options, "tokens") == "both");
  for (const auto& [preset, version] : std::vector<std::pair<std::string, std::string>>{
           {"6.7.3", "6.7.3."}, {"8", "8."}, {"9", "9."}}) {
    REQUIRE(set_switch(options, "preset", preset));
    CHECK(options.version.find(version) == 0);
    CHECK(value_of(options, "oauth") == "no");
    CHECK(value_of(options, "preset") == preset);
  }
  CHECK_FALSE(set_switch(options, "preset=7"));
}

TEST_CASE("switches stand over a preset, in a file wherever they are") {
  const integration::ScratchDirectory scratch;
  const std::string file = (scratch.path() / "users.ini").string();
  integration::write_file(file, "[pbx]\noauth = external\npreset = 10\n[user-1]\npassword = a\n");
  const auto read = read_configuration(file, {});
  REQUIRE(read);
  CHECK(value_of(read->options, "oauth") == "external");
  CHECK(read->options.version == "10.0.2.6");
  const auto later = read_configuration(file, {"preset=10", "tokens=none"});
  REQUIRE(later);
  CHECK(value_of(later->options, "oauth") == "yes");
  CHECK(value_of(later->options, "tokens") == "none");
}

TEST_CASE("the control port gives back its switches as they were") {
  House house({"preset=10", "oauth=external", "oauth-lifetime=-3"});
  const Json::Value before = house.control("GET", "/control/switches");
  CHECK(before["preset"] == "10");
  house.set("preset=8");
  CHECK(house.control("POST", "/control/switches", json::write(before)) == before);
}

}  // namespace
}  // namespace sfteams::simulator::test
