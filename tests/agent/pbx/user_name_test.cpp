#include "agent/pbx/user_name.h"

#include <catch2/catch.hpp>

#include "tests/contains.h"

namespace sfteams::agent {
namespace {

TEST_CASE("a user name has 1 to 128 bytes of UTF-8 without control characters") {
  for (const std::string name :
       {"1001", "anna.meier", "Anna Meier", "m\u00fcller", "*", "a,b", "\""})
    CHECK(is_user_name(name));
  CHECK(is_user_name(std::string(kMaxUserName, 'x')));
  CHECK_FALSE(is_user_name(std::string(kMaxUserName + 1, 'x')));
  CHECK_FALSE(is_user_name(""));
  CHECK_FALSE(is_user_name("a\xff"));
  for (const char control : {'\0', '\n', '\t', '\x1f', '\x7f'})
    CHECK_FALSE(is_user_name(std::string("a") + control));
}

TEST_CASE("a login in an administrator's list is a user name, and no slip of the pen") {
  for (const std::string login : {"1001", "anna.meier", "m\u00fcller", "a*"}) {
    CHECK_FALSE(fault_of_listed_login(login));
    CHECK(is_user_name(login));
  }
  for (const std::string login : {"", "a\xff", "a\x07", "\"1001\"", "'1001'", "1001,1002",
                                  "1001;1002", "1001 1002", "1001\t1002", "*", "10\u200b01"}) {
    CAPTURE(login);
    const auto fault = fault_of_listed_login(login);
    REQUIRE(fault);
    CHECK_FALSE(fault->what.empty());
    CHECK_FALSE(fault->hint.empty());
  }
  CHECK_FALSE(fault_of_listed_login(std::string(kMaxUserName, 'x')));
  CHECK(fault_of_listed_login(std::string(kMaxUserName + 1, 'x')));
  CHECK(fault_of_listed_login("a\xff")->hint == kSaveAsUtf8Hint);
}

}  // namespace
}  // namespace sfteams::agent
