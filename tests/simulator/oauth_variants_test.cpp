// What is not known of OAuth at a real PBX: each variant of each switch.

#include <algorithm>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "tests/contains.h"
#include "tests/simulator/oauth_client.h"

namespace sfteams::simulator::test {
namespace {

constexpr std::string_view kFirstPath = "/.well-known/openid-configuration";
constexpr std::string_view kSecondPath = "/auth/realms/pbx/.well-known/openid-configuration";

bool offers(const Json::Value& array, std::string_view text) {
  return std::any_of(array.begin(), array.end(),
                     [&](const Json::Value& one) { return one.asString() == text; });
}

/// A client of UCI with an access token and a callback.
Client signed_in(House& house, const std::string& access, int port = 4000) {
  Client client(house, "0011");
  client.with_callback(port);
  with_jwt(client, access);
  return client;
}

TEST_CASE("with an external identity provider there is no password grant and no legacy token") {
  House house({"oauth=yes"});
  OauthClient client(house);
  const Tokens before = client.sign_in("0011");
  house.set("oauth=external");
  const Json::Value document = client.get_json(kSecondPath);
  CHECK_FALSE(offers(document["grant_types_supported"], "password"));
  CHECK(offers(document["grant_types_supported"], "refresh_token"));
  CHECK(refusal_of(client.password("0011")) == "400 unsupported_grant_type");
  CHECK(contains(Client(house, "0011").fault("connection.login"), "UciIllegalAccessException"));
  const Tokens after = client.renew(before.refresh);
  CHECK(signed_in(house, after.access).yes("connection.login"));
}

TEST_CASE("a PBX may take no legacy token at all") {
  House house({"oauth=yes", "tokens=none"});
  CHECK_FALSE(Client(house, "0011").fault("connection.login").empty());
  CHECK_FALSE(Client(house, "0011", "v30", "Geheim", uci::TokenKind::md5)
                  .fault("connection.login")
                  .empty());
  OauthClient client(house);
  CHECK(signed_in(house, client.sign_in("0011").access).yes("connection.login"));
}

TEST_CASE("the client is the one that the switches say, also without a secret") {
  House house({"oauth=yes", "oauth-client-id=desk", "oauth-client-secret=", "oauth-scope=a b"});
  OauthClient client(house);
  CHECK(refusal_of(client.password("0011")) == "401 invalid_client");
  client.client_id = "desk";
  CHECK(refusal_of(client.password("0011")) == "401 invalid_client");  // with a secret
  client.client_secret = "";
  CHECK(refusal_of(client.password("0011")) == "400 invalid_scope");
  const Reply granted = client.post(
      kTokenEndpoint, "grant_type=password&username=0011&password=Geheim&scope=a+b&client_id=desk");
  CHECK(json_of(granted)["scope"] == "a b");
  const Json::Value methods = client.get_json(kSecondPath)["token_endpoint_auth_methods_supported"];
  REQUIRE(methods.size() == 1);
  CHECK(methods[0] == "none");
}

TEST_CASE("the client has to say who it is in the way that discovery names") {
  const std::string way = GENERATE("basic", "post");
  House house({"oauth=yes", "oauth-client-auth=" + way});
  OauthClient client(house);
  const Json::Value methods = client.get_json(kSecondPath)["token_endpoint_auth_methods_supported"];
  REQUIRE(methods.size() == 1);
  CHECK(methods[0] == "client_secret_" + way);
  CHECK(client.password("0011").status == (way == "post" ? 200 : 401));
  client.authorization =  // rest-client-headless:simulator-client-secret
      "Basic cmVzdC1jbGllbnQtaGVhZGxlc3M6c2ltdWxhdG9yLWNsaWVudC1zZWNyZXQ=";
  CHECK(client.password("0011").status == (way == "post" ? 401 : 200));
}

TEST_CASE("discovery may lead astray") {
  House house({"oauth=yes"});
  OauthClient client(house);
  house.set("oauth-discovery=relative");
  CHECK(client.get(kFirstPath).location == kSecondPath);
  CHECK(client.get_json(kSecondPath).isMember("token_endpoint"));
  house.set("oauth-discovery=direct");
  CHECK(client.get_json(kFirstPath)["token_endpoint"] ==
        "http://127.0.0.1:8080/auth/realms/pbx/oauth2/token");
  house.set("oauth-discovery=missing");
  CHECK(client.get(kFirstPath).status == 404);
  CHECK(client.get(kSecondPath).status == 404);
  house.set("oauth-discovery=other-host");
  CHECK(client.get(kFirstPath).location == "http://localhost:8080" + std::string(kSecondPath));
  CHECK(client.get(kFirstPath, "localhost:8080").location ==
        "http://127.0.0.1:8080" + std::string(kSecondPath));
  CHECK(json_of(client.get(kSecondPath, "localhost:8080"))["token_endpoint"] ==
        "http://localhost:8080/auth/realms/pbx/oauth2/token");
  house.set("oauth-discovery=loop");
  CHECK(client.get(kFirstPath).location == "http://127.0.0.1:8080" + std::string(kSecondPath));
  CHECK(client.get(kSecondPath).location == "http://127.0.0.1:8080" + std::string(kFirstPath));
  house.set("oauth-discovery=page");
  CHECK(client.get(kFirstPath).status == 200);
  CHECK(client.get(kFirstPath).content_type.starts_with("text/html"));
  house.set("oauth-discovery=huge");
  CHECK(client.get(kFirstPath).status == 302);
  CHECK(client.get(kSecondPath).body.size() > 4'000'000);
  house.set("oauth-discovery=wrong-json");
  CHECK_FALSE(client.get_json(kFirstPath)["token_endpoint"].isString());
}

TEST_CASE("the token endpoint may be named at another host") {
  House house({"oauth=yes", "oauth-token-host=localhost"});
  OauthClient client(house);
  CHECK(client.get_json(kSecondPath)["token_endpoint"] ==
        "http://localhost:8080/auth/realms/pbx/oauth2/token");
  house.set("oauth-token-host=foreign");
  CHECK(client.get_json(kSecondPath)["token_endpoint"] ==
        "http://192.0.2.1/auth/realms/pbx/oauth2/token");
  CHECK(client.get_json(kSecondPath)["issuer"] == "http://127.0.0.1:8080/auth/realms/pbx");
}

TEST_CASE("lifetimes may be odd, and are what the answer says") {
  House house({"oauth=yes"});
  OauthClient client(house);
  const int seconds = GENERATE(0, -5, 1, 31'536'000);
  house.set(fmt::format("oauth-lifetime={}", seconds));
  const Json::Value answer = json_of(client.password("0011"));
  CHECK(answer["expires_in"].asInt() == seconds);
  Client uci = signed_in(house, answer["access_token"].asString());
  CHECK(uci.post("connection.login").status == (seconds > 0 ? 200 : 401));
  house.advance(1'000);
  CHECK(uci.post("connection.login").status == (seconds > 1 ? 200 : 401));
}

TEST_CASE("the lifetime may be a text or missing") {
  House house({"oauth=yes", "oauth-lifetime-as=text"});
  OauthClient client(house);
  CHECK(json_of(client.password("0011"))["expires_in"] == "300");
  house.set("oauth-lifetime-as=missing");
  const Json::Value answer = json_of(client.password("0011"));
  CHECK_FALSE(answer.isMember("expires_in"));
  CHECK_FALSE(answer.isMember("refresh_expires_in"));
}

TEST_CASE("a refresh token lives as long as the switch says") {
  House house({"oauth=yes", "oauth-refresh-lifetime=10"});
  OauthClient client(house);
  const Tokens first = client.sign_in("0011");
  house.advance(9'999);
  const Tokens second = client.renew(first.refresh);
  house.advance(9'999);
  CHECK(client.refresh(second.refresh).status == 200);
  const Tokens third = client.sign_in("0011");
  house.advance(10'000);
  CHECK(refusal_of(client.refresh(third.refresh)) == "400 invalid_grant");
  house.set("oauth-refresh-lifetime=-1");
  CHECK(refusal_of(client.refresh(client.sign_in("0011").refresh)) == "400 invalid_grant");
}

TEST_CASE("an old refresh token is dead, ends the family, or stays good") {
  const std::string rule = GENERATE("rotate", "rotate-strict", "rotate-lax");
  CAPTURE(rule);
  House house({"oauth=yes", "oauth-refresh=" + rule});
  OauthClient client(house);
  const Tokens other = client.sign_in("0011");
  const Tokens first = client.sign_in("0011");
  const Tokens second = client.renew(first.refresh);
  CHECK(client.refresh(first.refresh).status == (rule == "rotate-lax" ? 200 : 400));
  const bool ended = rule == "rotate-strict";
  CHECK(signed_in(house, second.access).post("connection.login").status == (ended ? 401 : 200));
  CHECK(client.refresh(second.refresh).status == (ended ? 400 : 200));
  CHECK(client.refresh(other.refresh).status == 200);
}

TEST_CASE("an expired refresh token ends no family") {
  House house({"oauth=yes", "oauth-refresh=rotate-strict", "oauth-refresh-lifetime=1"});
  OauthClient client(house);
  const Tokens tokens = client.sign_in("0011");
  house.advance(1'000);
  CHECK(refusal_of(client.refresh(tokens.refresh)) == "400 invalid_grant");
  CHECK(signed_in(house, tokens.access).post("connection.login").status == 200);
}

TEST_CASE("a refresh may bring no new refresh token, or there are none") {
  House house({"oauth=yes", "oauth-refresh=keep"});
  OauthClient client(house);
  const Tokens first = client.sign_in("0011");
  for (int i = 0; i < 3; ++i) {
    const Tokens next = client.renew(first.refresh);
    CHECK(next.refresh.empty());
    CHECK(signed_in(house, next.access).yes("connection.login"));
  }
  house.set("oauth-refresh=none");
  const Json::Value answer = json_of(client.password("0011"));
  CHECK_FALSE(answer.isMember("refresh_token"));
  CHECK_FALSE(answer.isMember("refresh_expires_in"));
  CHECK_FALSE(offers(client.get_json(kSecondPath)["grant_types_supported"], "refresh_token"));
}

TEST_CASE("revocation may be missing") {
  House house({"oauth=yes", "oauth-revocation=no"});
  OauthClient client(house);
  CHECK_FALSE(client.get_json(kSecondPath).isMember("revocation_endpoint"));
  CHECK(client.revoke(client.sign_in("0011").refresh).status == 404);
}

TEST_CASE("a refused request for tokens is answered as the switch says, whatever was wrong") {
  struct Case {
    const char* name;
    int status;
    const char* type;
  };
  const Case one =
      GENERATE(Case{"unauthorized", 401, "application/json"}, Case{"plain-401", 401, "text/plain"},
               Case{"page", 200, "text/html"}, Case{"http-500", 500, "text/html"});
  CAPTURE(one.name);
  House house({"oauth=yes", std::string("oauth-refusal=") + one.name});
  OauthClient client(house);
  const Reply wrong = client.password("0011", "Falsch");
  CHECK(wrong.status == one.status);
  CHECK(wrong.content_type.starts_with(one.type));
  CHECK(client.password("0015").body == wrong.body);
  CHECK(client.refresh("nobody's").body == wrong.body);
  CHECK(client.password("0011").status == 200);
}

TEST_CASE("a refused request for tokens may be cut off") {
  House house({"oauth=yes", "oauth-refusal=close"});
  CHECK(OauthClient(house).password("0011", "Falsch").way == Reply::Way::close);
}

TEST_CASE("what OAuth refuses counts for the blacklist, or does not") {
  const bool counts = GENERATE(true, false);
  House house({"oauth=yes", "blacklist-after=4", "success-whitelists=no",
               std::string("oauth-failures-count=") + (counts ? "yes" : "no")});
  OauthClient client(house);
  const Tokens tokens = client.sign_in("0011");
  static_cast<void>(client.post(kTokenEndpoint, "malformed"));
  static_cast<void>(client.password("0011", "Falsch"));
  static_cast<void>(client.password("0015"));
  static_cast<void>(client.refresh("nobody's"));
  CHECK(client.get(kFirstPath).way == Reply::Way::answer);
  static_cast<void>(signed_in(house, "a.b.c").post("connection.login"));
  const Reply::Way way = counts ? Reply::Way::close : Reply::Way::answer;
  CHECK(client.get(kFirstPath).way == way);
  CHECK(client.refresh(tokens.refresh).way == way);
  CHECK(signed_in(house, tokens.access).post("connection.login").way == way);
  CHECK(house.pbx.journal().counters()["wrongTokens"].asInt() == 1);
  if (counts) CHECK(token_entries(house).back() == "token ignored");
}

TEST_CASE("tokens that are granted spare their address") {
  House house({"oauth=yes", "blacklist-after=1"});
  OauthClient client(house);
  static_cast<void>(client.sign_in("0011"));
  static_cast<void>(client.password("0011", "Falsch"));
  CHECK(client.password("0011").way == Reply::Way::answer);
}

TEST_CASE("an access token that is not good is turned away in a shape of its own") {
  struct Case {
    const char* name;
    int status;
  };
  const Case one = GENERATE(Case{"http-401", 401}, Case{"http-403", 403}, Case{"redirect", 302},
                            Case{"page", 200}, Case{"fault", 200}, Case{"http-500", 500});
  CAPTURE(one.name);
  House house({"oauth=yes", "oauth-lifetime=1", std::string("jwt-refusal=") + one.name});
  OauthClient client(house);
  Client expired = signed_in(house, client.sign_in("0011").access);
  house.advance(1'000);
  CHECK(expired.post("connection.login").status == one.status);
  CHECK(signed_in(house, "a.b.c").post("connection.login").status == one.status);
  const Json::Value journal = house.control("GET", "/control/journal");
  CHECK(journal["entries"][1]["outcome"] == "expired");
  CHECK(journal["entries"][2]["outcome"] == "refused");
}

TEST_CASE("a login outlives its access token, or is lost with the next one") {
  const bool lost = GENERATE(false, true);
  House house({"oauth=yes", std::string("login-after-renewal=") + (lost ? "lost" : "kept")});
  OauthClient client(house);
  const Tokens first = client.sign_in("0011");
  Client uci = signed_in(house, first.access);
  uci.join();
  CHECK(uci.yes("connection.keepAlive"));
  with_jwt(uci, client.renew(first.refresh).access);
  CHECK(uci.yes("connection.keepAlive") == !lost);
  CHECK(contains(uci.fault("call.getCallIds"), "UcpNotConnectedException") == lost);
  house.control("POST", "/control/incoming", R"({"to":"0011","from":"0721"})");
  CHECK(call_events(house, 4000).empty() == lost);
  uci.join();
  CHECK(uci.fault("call.getCallIds").empty());
}

TEST_CASE("an access token is no right to use UCI") {
  House house({"oauth=yes", "missing-right=http-403"});
  OauthClient client(house);
  Client uci(house, "0016");
  CHECK(with_jwt(uci, client.sign_in("0016").access).post("connection.login").status == 403);
}

TEST_CASE("a login by a legacy token is not lost by renewals") {
  House house({"oauth=yes", "login-after-renewal=lost"});
  Client legacy(house, "0011");
  legacy.with_callback(4000);
  REQUIRE(legacy.yes("connection.login"));
  CHECK(legacy.yes("connection.keepAlive"));
  CHECK(signed_in(house, OauthClient(house).sign_in("0011").access).yes("connection.keepAlive"));
}

TEST_CASE("events carry the login's access token, nothing, or a legacy token") {
  const std::string shape = GENERATE("token", "none", "legacy");
  House house({"oauth=yes", "callback-auth=" + shape});
  OauthClient client(house);
  const Tokens tokens = client.sign_in("0011");
  Client uci = signed_in(house, tokens.access);
  uci.join();
  with_jwt(uci, client.renew(tokens.refresh).access);
  REQUIRE(uci.yes("connection.keepAlive"));
  house.control("POST", "/control/incoming", R"({"to":"0011","from":"0721"})");
  house.advance(1'000);
  REQUIRE_FALSE(house.http.sent.empty());
  const std::string start = "http://127.0.0.1:4000/events";
  const std::string user = "?de.vertico.starface.user=0011&de.vertico.starface.";
  const auto legacy =
      uci::make_token(uci::TokenKind::sha512, "0011", crypto::Secret::from_text("Geheim"));
  std::string expected = start;
  if (shape == "token") expected += user + "jwt=" + tokens.access;
  if (shape == "legacy") {
    expected += user + "auth=0011%3A" + std::string(legacy.text().substr(5));
  }
  for (const FakeHttp::Sent& sent : house.http.sent)
    CHECK(sent.url == expected);
}

TEST_CASE("the vendor's app is told where to sign in, or nothing, or finds no page") {
  House house({"oauth=yes"});
  OauthClient client(house);
  constexpr std::string_view kPath = "/rpc/oauth/login-config";
  CHECK(client.get(kPath).status == 404);
  house.set("login-config=empty");
  CHECK(client.get_json(kPath).getMemberNames().empty());
  house.set("login-config=yes");
  CHECK(client.get_json(kPath)["oauthConfigUrl"] ==
        "http://127.0.0.1:8080" + std::string(kFirstPath));
}

TEST_CASE("rules for misbehaviour and a PBX that is starting hold for OAuth, too") {
  House house({"oauth=yes"});
  OauthClient client(house);
  const std::string rule = R"({"method":"oauth/token","kind":"http-500","times":1,)";
  house.control("POST", "/control/misbehave", rule + R"("execute":false})");
  CHECK(client.password("0011").status == 500);
  house.control("POST", "/control/misbehave", rule + R"("execute":true})");
  CHECK(client.password("0011").status == 500);
  CHECK(client.get(kFirstPath).status == 302);
  house.control("POST", "/control/latency", R"({"method":"oauth/*","timeMs":70})");
  CHECK(client.password("0011").delay == transport::Duration(70));
  house.set("starting=http-503");
  CHECK(client.password("0011").status == 503);
  CHECK(token_entries(house) == std::vector<std::string>{"token not executed", "password granted",
                                                         "password granted", "token starting"});
}

}  // namespace
}  // namespace sfteams::simulator::test
