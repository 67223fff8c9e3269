#include <catch2/catch.hpp>

#include "tests/contains.h"
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

TEST_CASE("a wrong token counts for as long as the window says") {
  House house({"blacklist-after=3", "blacklist-window=1000", "success-whitelists=no"});
  fail_times(house, 2);
  house.advance(1'000);
  fail_times(house, 2);
  CHECK(Client(house, "0011").yes("connection.login"));
  CHECK(house.control("GET", "/control/state")["mostWrongTokens"] == 2);
  house.advance(999);
  fail_times(house, 1);
  CHECK(Client(house, "0011").post("connection.login").way == Reply::Way::close);
  CHECK(house.control("GET", "/control/state")["mostWrongTokens"] == 3);
}

TEST_CASE("without a blacklist nobody is ignored") {
  House house({"blacklist-after=0"});
  fail_times(house, 50);
  CHECK(Client(house, "0011").yes("connection.login"));
}

TEST_CASE("a request without a token is turned away and not counted") {
  House house({"blacklist-after=2", "success-whitelists=no"});
  const std::string body =
      uci::write_call("ucp.v30.requests.connection.keepAlive", {}, uci::NilHabit::element).value();
  for (int i = 0; i < 5; ++i)
    CHECK(contains(house.post("", body).body, "UciIllegalAccessException"));
  CHECK(Client(house, "0011").yes("connection.login"));
  CHECK(house.pbx.journal().counters()["wrongTokens"].asInt() == 0);
}

TEST_CASE("a wrong token is counted whatever it is answered with") {
  const std::string shape = GENERATE(as<std::string>{}, "page", "http-500", "empty", "http-204",
                                     "http-400", "http-404", "close");
  House house({"blacklist-after=2", "success-whitelists=no", "refused-login=" + shape});
  fail_times(house, 2);
  CHECK(house.pbx.journal().counters()["wrongTokens"].asInt() == 2);
  CHECK(Client(house, "0011").post("connection.login").way == Reply::Way::close);
}

TEST_CASE("while the PBX is starting no token is looked at") {
  House house({"blacklist-after=1", "success-whitelists=no", "starting-time=8000"});
  const auto [shape, status] = GENERATE(table<std::string, int>({{"page", 200},
                                                                 {"redirect", 302},
                                                                 {"http-403", 403},
                                                                 {"http-404", 404},
                                                                 {"http-503", 503},
                                                                 {"fault", 200},
                                                                 {"empty", 200}}));
  house.set("starting=" + shape);
  CHECK(Client(house, "0011", "v30", "Falsch").post("connection.login").status == status);
  house.advance(7'999);
  CHECK(Client(house, "0011").post("connection.login").status == status);
  house.advance(1);
  CHECK(Client(house, "0011").yes("connection.login"));
}

TEST_CASE("a password that is changed while somebody is logged in makes the old token wrong") {
  House house;
  Client alice(house, "0011");
  REQUIRE(alice.yes("connection.login"));
  house.control("POST", "/control/password", R"({"user":"0011","password":"Neu"})");
  CHECK(alice.fault("connection.keepAlive").find("UciIllegalAccessException") == 0);
  CHECK(Client(house, "0011", "v30", "Neu").yes("connection.login"));
  CHECK(Client(house, "0011", "v30", "Neu", uci::TokenKind::md5).yes("connection.login"));
  CHECK(Client(house, "0012").yes("connection.login"));
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
      CHECK(contains(house.post("", call).body, "UciIllegalAccessException"));
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
