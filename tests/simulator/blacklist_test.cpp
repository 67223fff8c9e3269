#include <catch2/catch.hpp>

#include "tests/simulator/house.h"

namespace sfteams::simulator::test {
namespace {

void fail_times(House& house, int times, const std::string& address = "127.0.0.1") {
  Client wrong(house, "0011", "v30", "Falsch");
  wrong.address = address;
  for (int i = 0; i < times; ++i)
    static_cast<void>(wrong.post("connection.login"));
}

TEST_CASE("after ten wrong passwords an address is ignored for ten minutes, right ones too") {
  House house;
  fail_times(house, 9);
  CHECK(Client(house, "0011").fault("system.getServerVersion").empty());

  House strict({"success-whitelists=no"});
  fail_times(strict, 10);
  CHECK(Client(strict, "0012").post("connection.login").way == Reply::Way::close);
  strict.advance(599'999);
  CHECK(Client(strict, "0012").post("connection.login").way == Reply::Way::close);
  strict.advance(1);
  CHECK(Client(strict, "0012").yes("connection.login"));
}

TEST_CASE("an ignored address may be left without any answer") {
  House house({"blacklist-after=1", "blacklist-as=silent"});
  fail_times(house, 1);
  CHECK(Client(house, "0011").post("connection.login").way == Reply::Way::hold);
}

TEST_CASE("wrong passwords of one address do not touch another") {
  House house({"blacklist-after=3"});
  fail_times(house, 3);
  Client other(house, "0011");
  other.address = "127.0.0.2";
  CHECK(other.yes("connection.login"));
}

TEST_CASE("a right token spares its address for a day") {
  House house({"blacklist-after=3"});
  REQUIRE(Client(house, "0011").yes("connection.login"));
  fail_times(house, 20);
  CHECK(Client(house, "0011").fault("system.getServerVersion").empty());
}

TEST_CASE("when that day is over, wrong passwords count again") {
  House house({"blacklist-after=3", "whitelist-time=1000"});
  REQUIRE(Client(house, "0011").yes("connection.login"));
  house.advance(1'001);
  fail_times(house, 3);
  CHECK(Client(house, "0011").post("connection.login").way == Reply::Way::close);
}

TEST_CASE("without a blacklist nobody is ignored") {
  House house({"blacklist-after=0"});
  fail_times(house, 50);
  CHECK(Client(house, "0011").yes("connection.login"));
}

TEST_CASE("any request with a wrong token counts, not only a login") {
  House house({"blacklist-after=2"});
  Client wrong(house, "0011", "v30", "Falsch");
  static_cast<void>(wrong.post("call.getCallIds"));
  static_cast<void>(wrong.post("system.getServerVersion"));
  CHECK(wrong.post("system.getServerVersion").way == Reply::Way::close);
}

TEST_CASE("a request without a token counts only where that is wanted") {
  for (const bool counts : {false, true}) {
    House house({"blacklist-after=2", std::string("no-token-counts=") + (counts ? "yes" : "no")});
    const std::string call =
        uci::write_call("ucp.v30.requests.system.getServerVersion", {}).value();
    for (int i = 0; i < 2; ++i)
      CHECK(house.post("", call).body.find("UciIllegalAccessException") != std::string::npos);
    const Json::Value report = house.control("GET", "/control/journal");
    CHECK(report["counters"]["withoutToken"].asInt() == 2);
    CHECK(report["counters"]["wrongTokens"].asInt() == 0);
    CHECK(report["entries"][0]["outcome"] == "no token");
    const Reply login = Client(house, "0011").post("connection.login");
    CHECK((login.way == Reply::Way::close) == counts);
  }
}

TEST_CASE("a request without a token is turned away in a shape of its own") {
  House house({"refused-login=http-403", "no-token=page"});
  const Reply page = house.post("", "");
  CHECK(page.status == 200);
  CHECK(page.content_type.starts_with("text/html"));
  CHECK(Client(house, "0011", "v30", "Falsch").post("connection.login").status == 403);
}

TEST_CASE("the control port tells who is ignored and forgives") {
  House house({"blacklist-after=1"});
  fail_times(house, 1);
  CHECK(house.control("GET", "/control/state")["ignoredAddresses"][0].asString() == "127.0.0.1");
  house.control("POST", "/control/blacklist/clear");
  CHECK(Client(house, "0011").yes("connection.login"));
}

}  // namespace
}  // namespace sfteams::simulator::test
