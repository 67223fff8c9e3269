#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "tests/contains.h"
#include "tests/simulator/house.h"

namespace sfteams::simulator::test {
namespace {

constexpr std::string_view kVersion = "system.getServerVersion";

TEST_CASE("a user signs in with either kind of token, and may name himself") {
  House house;
  CHECK(Client(house, "0011").yes("connection.login"));
  CHECK(Client(house, "0012").naming_user().yes("connection.login"));
  CHECK(Client(house, "0013", "v30", "Geheim", uci::TokenKind::md5).yes("connection.login"));
  CHECK(house.pbx.logins().count() == 3);
}

TEST_CASE("only the tokens that the switch names are taken") {
  House house({"tokens=sha512"});
  CHECK(Client(house, "0011").yes("connection.login"));
  CHECK_FALSE(Client(house, "0011", "v30", "Geheim", uci::TokenKind::md5).fault(kVersion).empty());
  house.set("tokens=md5");
  CHECK_FALSE(Client(house, "0011").fault(kVersion).empty());
  CHECK(Client(house, "0011", "v30", "Geheim", uci::TokenKind::md5).yes("connection.login"));
}

TEST_CASE("the published token of user 123 is the simulator's too") {
  // The vector is from SFWiki (wiki.si-solutions.ch), "dev_xmlrpc": login 123, password Pass123.
  const auto ini = settings::Ini::parse("[user-123]\npassword = Pass123\n", "users.ini");
  REQUIRE(ini);
  settings::Reader reader(*ini);
  const auto directory = Directory::read(*ini, reader);
  REQUIRE(directory);
  const Options options;
  const Gate gate(*directory, options);
  Credentials credentials = read_credentials(
      "de.vertico.starface.auth=123%"
      "3A81d8af78c98b153485f7d48e3437eb735ba37f0f013c5e06ba74536776c5945"
      "694e7cde71e2effbed7b5a1d1a4566fadcd847ef4098c234052fdfd288e8b6ced");
  REQUIRE(gate.check(credentials) == &directory->users().front());
}

TEST_CASE("a token of one user with the name of another is refused") {
  House house;
  Client client(house, "0011");
  client.query += "&de.vertico.starface.user=0012";
  CHECK(client.fault(kVersion).find("UciIllegalAccessException") == 0);
}

TEST_CASE("a wrong token is turned away in the shape that the switch says") {
  House house;
  Client wrong(house, "0011", "v30", "Falsch");
  CHECK(wrong.fault("connection.login").find("UciIllegalAccessException") == 0);

  house.set("refused-login=http-401");
  CHECK(wrong.post("connection.login").status == 401);
  house.set("refused-login=http-403");
  CHECK(wrong.post("connection.login").status == 403);

  house.set("refused-login=redirect");
  const Reply page = wrong.post("connection.login");
  CHECK(page.status == 302);
  CHECK(page.location == "/login");
  CHECK(page.content_type.find("text/html") == 0);

  house.set("refused-login=false");
  CHECK_FALSE(wrong.yes("connection.login"));
  CHECK_FALSE(wrong.fault("call.getCallIds").empty());
  CHECK(house.pbx.logins().count() == 0);
}

TEST_CASE("a user without the right cannot sign in, and that is no wrong password") {
  House house({"blacklist-after=1", "success-whitelists=no"});
  Client dora(house, "0014");
  for (int i = 0; i < 3; ++i)
    CHECK_FALSE(dora.fault("connection.login").empty());
  house.set("missing-right=false");
  CHECK_FALSE(dora.yes("connection.login"));
  CHECK(house.pbx.blacklist().ignored(house.scheduler.now()).empty());
}

TEST_CASE("a request without a login is refused, but the version needs none") {
  House house;
  Client client(house, "0011");
  CHECK(client.fault("call.getCallIds").find("UcpNotConnectedException") == 0);
  CHECK(contains(client.text(kVersion), "simulator"));
}

TEST_CASE("a login hangs on account and callback unless the switch says account") {
  House house;
  CHECK(Client(house, "0011").with_callback(4000).yes("connection.login"));
  CHECK_FALSE(Client(house, "0011").yes("connection.keepAlive"));
  CHECK_FALSE(Client(house, "0011").with_callback(4000, "/other").yes("connection.keepAlive"));
  CHECK(Client(house, "0011").with_callback(4000).yes("connection.keepAlive"));
  house.set("login-scope=account");
  CHECK(Client(house, "0011").yes("connection.keepAlive"));
  CHECK_FALSE(Client(house, "0012").yes("connection.keepAlive"));
}

TEST_CASE("one account signs in with several callbacks, up to the limit") {
  House house({"logins-per-user=2"});
  CHECK(Client(house, "0011").with_callback(4000).yes("connection.login"));
  CHECK(Client(house, "0011").with_callback(4001).yes("connection.login"));
  CHECK_FALSE(Client(house, "0011").with_callback(4002).yes("connection.login"));
  CHECK(Client(house, "0011").with_callback(4001).yes("connection.login"));
  CHECK(house.pbx.logins().count() == 2);
}

TEST_CASE("a callback that is not on loopback, or is none at all, is refused") {
  House house;
  const auto login_with = [&](const std::string& parameters) {
    Client client(house, "0011");
    client.query += parameters;
    return client.fault("connection.login");
  };
  const std::string host = "&de.vertico.starface.callback.host=";
  const std::string port = "&de.vertico.starface.callback.port=";
  const std::string type = "&de.vertico.starface.callback.type=";
  CHECK(contains(login_with(host + "192.0.2.1" + port + "80"), "loopback"));
  CHECK(contains(login_with(host + "127.0.0.1" + port + "0"), "port"));
  CHECK(contains(login_with(host + "127.0.0.1" + port + "70000"), "port"));
  CHECK(contains(login_with(host + "127.0.0.1"), "port"));
  CHECK(contains(login_with(host + "127.0.0.1" + port + "80" + type + "ftp"), "type"));
  CHECK(login_with(host + "127.0.0.1" + port + "80" + "&de.vertico.starface.callback.path=a%20b")
            .find("path") != std::string::npos);
  CHECK(login_with(host + "localhost" + port + "80").empty());
  CHECK(login_with(host + "%5B::1%5D" + port + "80").empty());
}

TEST_CASE("without keepAlive a login ends, with it it lasts") {
  House house({"keep-alive-timeout=60000"});
  Client client(house, "0011");
  REQUIRE(client.yes("connection.login"));
  for (int i = 0; i < 5; ++i) {
    house.advance(50'000);
    REQUIRE(client.yes("connection.keepAlive"));
  }
  house.advance(30'000);
  CHECK(client.get("call.getCallIds").as_array() != nullptr);  // keeps nothing alive
  house.advance(30'000);
  CHECK_FALSE(client.yes("connection.keepAlive"));
  CHECK(client.fault("call.getCallIds").find("UcpNotConnectedException") == 0);
  CHECK(client.yes("connection.login"));
  CHECK(client.yes("connection.keepAlive"));
}

TEST_CASE("any request keeps a login alive when the switch says so") {
  House house({"kept-alive-by=any-request"});
  Client client(house, "0011");
  REQUIRE(client.yes("connection.login"));
  house.advance(50'000);
  static_cast<void>(client.get("call.getCallIds"));
  house.advance(50'000);
  CHECK(client.yes("connection.keepAlive"));
}

TEST_CASE("a login that has run out of time is noticed without anybody asking") {
  House house;
  REQUIRE(Client(house, "0011").yes("connection.login"));
  house.advance(62'000);
  CHECK(house.pbx.logins().count() == 0);
  CHECK(house.control("GET", "/control/state")["counters"]["loginsEnded"].asInt() == 1);
  CHECK(house.scheduler.idle());
}

TEST_CASE("a shorter time-out that is set later counts for logins that are there") {
  House house;
  REQUIRE(Client(house, "0011").yes("connection.login"));
  house.set("keep-alive-timeout=100");
  house.advance(110);
  CHECK(house.pbx.logins().count() == 0);
}

TEST_CASE("after logout the server knows the client no longer; logout is always true") {
  House house;
  Client client(house, "0011");
  CHECK(client.yes("connection.logout"));
  REQUIRE(client.yes("connection.login"));
  CHECK(client.yes("connection.logout"));
  CHECK_FALSE(client.yes("connection.keepAlive"));
  CHECK(house.pbx.logins().count() == 0);
}

TEST_CASE("an old client signs in, probes and signs out under its own names") {
  House house;
  Client client(house, "0011", "v20");
  CHECK_FALSE(client.yes("connection.probe"));
  CHECK(client.yes("connection.login"));
  CHECK(client.yes("connection.probe"));
  CHECK(client.yes("connection.logout"));
  CHECK_FALSE(client.fault("connection.keepAlive").empty());  // came with v22
}

}  // namespace
}  // namespace sfteams::simulator::test
