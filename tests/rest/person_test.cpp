#include "rest/person.h"

#include <string>

#include <catch2/catch.hpp>

#include "base/json/json.h"
#include "rest/codes.h"
#include "rest/values.h"
#include "tests/rest/answers.h"

namespace sfteams::rest {
namespace {

TEST_CASE("the signed-in user is read") {
  const Result<Me> me = read_me(test::kMe);
  REQUIRE(me);
  CHECK(*me == Me{"1017", "0017", "Ada", "Lovelace", "ada@example.com", "de", "USER"});
}

TEST_CASE("a user without an id or a login is a broken answer") {
  for (const char* const body : {"{}", "[]", "null", "x", R"({"id":null,"login":[]})"})
    CHECK(read_me(body).error().code == codes::kBrokenReply);
  CHECK(read_me(R"({"login":"0017","firstName":{}})")->login == "0017");
  CHECK(read_me(R"({"id":"17"})")->id == "17");
  CHECK(read_me(R"({"id":123456789012345678901234567890,"login":"1"})")->id.empty());
}

TEST_CASE("of the accounts the users are colleagues") {
  const Result<Colleagues> colleagues = read_colleagues(R"([
    {"accountId":5,"firstname":"Ada","lastname":"Lovelace","displayInformation":"Lovelace, Ada",
     "primaryInternalPhoneNumber":"11","type":"USER","local":true,"federationname":null},
    {"accountId":6,"displayInformation":"Sales","type":"GROUP"},
    {"accountId":7,"displayInformation":"Far away","type":"REMOTE_USER"},
    {"accountId":"8","login":"0008","primaryInternalPhoneNumber":12},
    {"accountId":9,"type":"USER"}, null, 7])");
  REQUIRE(colleagues);
  CHECK(colleagues->people ==
        std::vector<Colleague>{{"5", "", "Ada", "Lovelace", "Lovelace, Ada", "11"},
                               {"8", "0008", "", "", "", "12"}});
  CHECK(colleagues->left_out == 3);
}

TEST_CASE("more colleagues than are kept are counted") {
  Json::Value accounts(Json::arrayValue);
  for (std::size_t i = 0; i < kMostColleagues + 3; ++i) {
    Json::Value account(Json::objectValue);
    account["lastname"] = "x";
    accounts.append(account);
  }
  const auto colleagues = read_colleagues(json::write(accounts));
  REQUIRE(colleagues);
  CHECK(colleagues->people.size() == kMostColleagues);
  CHECK(colleagues->left_out == 3);
}

TEST_CASE("what is no list of accounts is a broken answer") {
  for (const char* const body : {"{}", "null", "", "<html>"})
    CHECK(read_colleagues(body).error().code == codes::kBrokenReply);
}

}  // namespace
}  // namespace sfteams::rest
