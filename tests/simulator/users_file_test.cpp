#include <catch2/catch.hpp>

#include "simulator/directory.h"
#include "simulator/rules.h"
#include "tests/contains.h"

namespace sfteams::simulator {
namespace {

/// "" when the file is taken, otherwise the message.
std::string complaint(std::string_view text) {
  const auto ini = settings::Ini::parse(text, "users.ini");
  if (!ini) return ini.error().message;
  settings::Reader reader(*ini);
  const auto directory = Directory::read(*ini, reader);
  if (!directory) return directory.error().message;
  const auto finished = reader.finish();
  return finished ? std::string() : finished.error().message;
}

TEST_CASE("a user needs no more than a password") {
  const auto ini = settings::Ini::parse("[user-0011]\npassword = Geheim\n", "users.ini");
  REQUIRE(ini);
  settings::Reader reader(*ini);
  const auto directory = Directory::read(*ini, reader);
  REQUIRE(directory);
  REQUIRE(reader.finish());
  const User* user = directory->by_login("0011");
  REQUIRE(user != nullptr);
  CHECK(user->name == "0011");
  CHECK(user->phones == std::vector<std::string>{"SIP/0011"});
  CHECK(directory->by_number("0011") == user);
  CHECK(user->may_use_uci);
}

TEST_CASE("rights are those that the file names, or all of them") {
  const auto ini = settings::Ini::parse(
      "[user-1]\npassword = a\n[user-2]\npassword = a\nrights = oauth\n", "users.ini");
  REQUIRE(ini);
  settings::Reader reader(*ini);
  const auto directory = Directory::read(*ini, reader);
  REQUIRE(directory);
  REQUIRE(reader.finish());
  CHECK(directory->by_login("1")->may_use_oauth);
  CHECK(directory->by_login("2")->may_use_oauth);
  CHECK_FALSE(directory->by_login("2")->may_use_uci);
}

TEST_CASE("a range of users is made of one section") {
  const auto ini = settings::Ini::parse(
      "[user-bench]\nlogin = 020000\npassword = x\nname = Bench\ncount = 1000\n", "users.ini");
  REQUIRE(ini);
  settings::Reader reader(*ini);
  const auto directory = Directory::read(*ini, reader);
  REQUIRE(directory);
  REQUIRE(reader.finish());
  CHECK(directory->users().size() == 1'000);
  REQUIRE(directory->by_login("020999") != nullptr);
  CHECK(directory->by_login("020999")->name == "Bench 020999");
  CHECK(directory->by_login("021000") == nullptr);
}

TEST_CASE("a file of users that is wrong is refused with a reason") {
  CHECK(contains(complaint("# nobody\n"), "no user"));
  CHECK(contains(complaint("[user-1]\nname = A\n"), "password"));
  CHECK(
      contains(complaint("[user-1]\npassword = a\n[user-2]\npassword = b\nnumber = 1\n"), "twice"));
  CHECK(
      contains(complaint("[user-1]\npassword = a\n[user-b]\nlogin = 1\npassword = b\n"), "twice"));
  CHECK(contains(complaint("[user-1]\npassword = a\ncolour = red\n"), "colour"));
  CHECK(contains(complaint("[user-1]\npassword = a\nrights = fly\n"), "right"));
  CHECK(contains(complaint("[user-x]\npassword = a\ncount = 3\n"), "digits"));
  CHECK(contains(complaint("[user-1]\npassword = a\ncount = 3\nnumber = 5\n"), "range"));
  CHECK(contains(complaint("[user-1]\npassword = a\n[group-g]\nnumbers = 9\nmembers = 2\n"),
                 "user 2"));
  CHECK(contains(complaint("[user-1]\npassword = a\n[group-g]\nnumbers = 1\nmembers = 1\n"),
                 "twice"));
}

TEST_CASE("a complaint about the file never quotes a password") {
  CHECK_FALSE(contains(complaint("[user-1]\npassword = Sesam\ncount = many\n"), "Sesam"));
}

TEST_CASE("the file that comes with the program is a good one") {
  const auto ini = settings::Ini::read(SFTEAMS_SOURCE_DIR "/simulator/sample-users.ini");
  REQUIRE(ini);
  settings::Reader reader(*ini);
  REQUIRE(Directory::read(*ini, reader));
}

TEST_CASE("rules for latency and misbehaviour can stand in the file") {
  const auto ini = settings::Ini::parse(
      "[latency-list]\nmethod = *.callList.*\ntime = 200\njitter = 50\n"
      "[misbehave-once]\nmethod = *.getCallIds\nkind = html\ntimes = 1\nexecute = no\n",
      "users.ini");
  REQUIRE(ini);
  settings::Reader reader(*ini);
  Rules rules;
  rules.read(*ini, reader);
  REQUIRE(reader.finish());
  const LatencyRule* slow = rules.latency("ucp.v30.requests.callList.getCallList");
  REQUIRE(slow != nullptr);
  CHECK(slow->time.count() == 200);
  CHECK(rules.latency("ucp.v30.requests.call.getCallIds") == nullptr);
  const auto once = rules.misbehave("ucp.v30.requests.call.getCallIds");
  REQUIRE(once);
  CHECK(once->kind == Misbehaviour::html);
  CHECK_FALSE(once->execute);
  CHECK_FALSE(rules.misbehave("ucp.v30.requests.call.getCallIds"));
}

}  // namespace
}  // namespace sfteams::simulator
