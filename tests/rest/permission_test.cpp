#include "rest/permission.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/json/json.h"
#include "rest/codes.h"

namespace sfteams::rest {
namespace {

using Names = std::vector<std::string>;

constexpr const char* kRights = R"([
  {"id":1,"permission":"UCI_AUTOPROVISIONING","description":"UCC Premium"},
  {"id":2,"permission":"TEAMS","description":"Integration mit Microsoft Teams"},
  {"id":3}, null, "x", {"permission":7}])";

TEST_CASE("a right is found by its name or its description") {
  const auto rights = read_permissions(kRights);
  REQUIRE(rights);
  CHECK(rights->granted.size() == 3);
  CHECK(judge(*rights, Names{"UCC Premium"}) == Verdict::granted);
  CHECK(judge(*rights, Names{"nothing", " uci_autoprovisioning "}) == Verdict::granted);
  CHECK(judge(*rights, Names{"integration mit microsoft teams"}) == Verdict::granted);
  // A part of a name is another right.
  CHECK(judge(*rights, Names{"Premium", ""}) == Verdict::missing);
}

TEST_CASE("where no rights are shown it cannot be told whether one is among them") {
  CHECK(judge(Permissions(), Names{"UCC Premium"}) == Verdict::cannot_tell);
  CHECK(judge(*read_permissions("[]"), Names{"UCC Premium"}) == Verdict::cannot_tell);
  CHECK(judge(*read_permissions(kRights), Names{}) == Verdict::cannot_tell);
}

TEST_CASE("what is no list of rights is a broken answer, and an endless one is cut") {
  CHECK(read_permissions("{}").error().code == codes::kBrokenReply);
  CHECK(read_permissions("").error().code == codes::kBrokenReply);
  Json::Value rights(Json::arrayValue);
  for (std::size_t i = 0; i < kMostPermissions + 1; ++i) {
    Json::Value right(Json::objectValue);
    right["permission"] = "x";
    rights.append(right);
  }
  CHECK(read_permissions(json::write(rights))->granted.size() == kMostPermissions);
}

}  // namespace
}  // namespace sfteams::rest
