#include "tunnel/system_name.h"

#include <fstream>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>

#include "base/json/json.h"

namespace sfteams::tunnel {
namespace {

Json::Value vectors() {
  std::ifstream file(SFTEAMS_SOURCE_DIR "/docs/vectors/keygen.json");
  std::ostringstream text;
  text << file.rdbuf();
  auto value = json::parse(text.str());
  REQUIRE(value);
  return (*value)["names"];
}

TEST_CASE("the canonical names of the published vectors are system names") {
  const Json::Value accepted = vectors()["accepted"];
  REQUIRE_FALSE(accepted.empty());
  for (const Json::Value& one : accepted) {
    INFO(one["text"].asString());
    CHECK(is_system_name(one["canonical"].asString()));
    if (one["text"] != one["canonical"]) CHECK_FALSE(is_system_name(one["text"].asString()));
  }
}

TEST_CASE("the refused names of the published vectors are no system names") {
  const Json::Value refused = vectors()["refused"];
  REQUIRE_FALSE(refused.empty());
  for (const Json::Value& one : refused) {
    INFO(one.asString());
    CHECK_FALSE(is_system_name(one.asString()));
  }
}

TEST_CASE("names at the edge of a label's and a name's length") {
  const std::string three =
      std::string(63, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') + ".";
  CHECK(is_system_name(three + std::string(61, 'd')));
  CHECK_FALSE(is_system_name(three + std::string(62, 'd')));
  CHECK(is_system_name(std::string(63, 'a')));
  CHECK_FALSE(is_system_name(std::string(64, 'a')));
}

}  // namespace
}  // namespace sfteams::tunnel
