// Signing in by OAuth as a STARFACE 10 has it: what was seen at real ones.

#include <set>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "base/json/json.h"
#include "base/text/encoding.h"
#include "tests/contains.h"
#include "tests/simulator/oauth_client.h"

namespace sfteams::simulator::test {
namespace {

constexpr std::string_view kWellKnown = "/.well-known/openid-configuration";
constexpr std::string_view kDocument = "/auth/realms/pbx/.well-known/openid-configuration";

std::string basic(std::string_view name_and_secret) {
  return "Basic " + text::to_base64({reinterpret_cast<const std::uint8_t*>(name_and_secret.data()),
                                     name_and_secret.size()});
}

Json::Value decoded(std::string_view part) {
  const auto bytes = text::from_base64url(part);
  REQUIRE(bytes);
  const auto json = json::parse(std::string(bytes->begin(), bytes->end()));
  REQUIRE(json);
  return *json;
}

std::set<std::string> texts_of(const Json::Value& array) {
  std::set<std::string> texts;
  for (const Json::Value& one : array)
    texts.insert(one.asString());
  return texts;
}

TEST_CASE("a PBX without OAuth has nothing at its paths and takes no access token") {
  House house;
  OauthClient client(house);
  for (const std::string_view path :
       {kWellKnown, kDocument, std::string_view("/rpc/oauth/login-config")}) {
    CHECK(client.get(path).status == 404);
  }
  CHECK(client.password("0011").status == 404);
  Client uci(house, "0011");
  CHECK(contains(with_jwt(uci, "a.b.c").fault("connection.login"), "UciIllegalAccessException"));
  CHECK(house.pbx.journal().counters()["withoutToken"].asInt() == 1);
}

TEST_CASE("discovery leads to a document whose addresses are those by which one came") {
  House house({"oauth=yes"});
  OauthClient client(house);
  const Reply first = client.get(kWellKnown, "pbx.example.com", true);
  CHECK(first.status == 302);
  CHECK(first.location == "https://pbx.example.com" + std::string(kDocument));

  const Json::Value all = json_of(client.get(kDocument, "[::1]:8443", true));
  const std::string origin = "https://[::1]:8443/auth/realms/pbx";
  CHECK(all["issuer"] == origin);
  CHECK(all["token_endpoint"] == origin + "/oauth2/token");
  CHECK(all["authorization_endpoint"] == origin + "/oauth2/auth");
  CHECK(all["revocation_endpoint"] == origin + "/oauth2/revoke");
  CHECK(all["jwks_uri"] == origin + "/oauth2/jwks");
  CHECK(texts_of(all["grant_types_supported"]) ==
        std::set<std::string>{"authorization_code", "client_credentials", "password",
                              "refresh_token"});
  CHECK(texts_of(all["token_endpoint_auth_methods_supported"]) ==
        std::set<std::string>{"client_secret_basic", "client_secret_post"});
  CHECK(client.get_json(kDocument)["issuer"] == "http://127.0.0.1:8080/auth/realms/pbx");
  CHECK(client.get(kDocument, "not a host").status == 400);
  CHECK(client.get("/auth/realms/pbx/oauth2/auth").location == "/login");
  CHECK(client.get_json("/auth/realms/pbx/oauth2/jwks")["keys"].empty());
  CHECK(client.get(kTokenEndpoint).status == 405);
  CHECK(client.post(kDocument, "").status == 405);
}

TEST_CASE("the password grant brings what a STARFACE 10 answers") {
  House house({"oauth=yes"});
  OauthClient client(house);
  const Reply reply = client.password("0011");
  CHECK(reply.no_store);
  const Json::Value answer = json_of(reply);
  CHECK(answer["token_type"] == "Bearer");
  CHECK(answer["expires_in"] == 300);
  CHECK(answer["refresh_expires_in"] == 21'600);
  CHECK(answer["scope"] == "login");
  CHECK_FALSE(answer["refresh_token"].asString().empty());

  const std::string access = answer["access_token"].asString();
  const std::size_t first = access.find('.');
  const std::size_t second = access.find('.', first + 1);
  const Json::Value header = decoded(access.substr(0, first));
  CHECK(header["alg"] == "RS256");
  CHECK(header["kid"] == "key-1");
  const Json::Value claims = decoded(access.substr(first + 1, second - first - 1));
  CHECK(claims["iss"] == "http://127.0.0.1:8080/auth/realms/pbx");
  CHECK(claims["exp"].asInt64() - claims["iat"].asInt64() == 300);
  CHECK(text::from_base64url(access.substr(second + 1))->size() == 256);
  CHECK_FALSE(client.sign_in("0011").access == access);
}

TEST_CASE("an access token stands in for the legacy one at /xml-rpc") {
  House house({"oauth=yes"});
  OauthClient client(house);
  Client uci(house, "0011");
  with_jwt(uci, client.sign_in("0011").access);
  CHECK(uci.yes("connection.login"));
  CHECK(uci.yes("connection.keepAlive"));
  CHECK(uci.naming_user().yes("connection.keepAlive"));
  CHECK(Client(house, "0012").yes("connection.login"));  // the legacy token is still taken

  Client other(house, "0012");
  with_jwt(other, client.sign_in("0011").access).naming_user();
  CHECK(other.post("connection.keepAlive").status == 401);
}

TEST_CASE("an access token lives as long as it says, and a refresh token brings another") {
  House house({"oauth=yes"});
  OauthClient client(house);
  const Tokens first = client.sign_in("0011");
  Client uci(house, "0011");
  with_jwt(uci, first.access).with_callback(4000);
  REQUIRE(uci.yes("connection.login"));
  house.set("keep-alive-timeout=1000000");
  house.advance(299'999);
  CHECK(uci.yes("connection.keepAlive"));
  house.advance(1);
  CHECK(uci.post("connection.keepAlive").status == 401);

  const Tokens second = client.renew(first.refresh);
  CHECK_FALSE(second.refresh == first.refresh);
  CHECK(with_jwt(uci, second.access).yes("connection.keepAlive"));
  house.advance(21'600'000);
  CHECK(refusal_of(client.refresh(second.refresh)) == "400 invalid_grant");
}

TEST_CASE("a wrong secret cannot be told from a missing right") {
  House house({"oauth=yes"});
  OauthClient client(house);
  const Reply no_right = client.password("0015");
  CHECK(refusal_of(no_right) == "401 invalid_client");
  client.client_secret = "another";
  CHECK(client.password("0011").body == no_right.body);
  CHECK(token_entries(house) ==
        std::vector<std::string>{"password refused: no right", "password refused: wrong client"});
  CHECK(refusal_of(client.refresh("x")) == "401 invalid_client");
  CHECK(refusal_of(client.revoke("x")) == "401 invalid_client");
}

TEST_CASE("a wrong password is an invalid grant, and a changed one is the right one") {
  House house({"oauth=yes"});
  OauthClient client(house);
  CHECK(refusal_of(client.password("0011", "Falsch")) == "400 invalid_grant");
  CHECK(refusal_of(client.password("4711")) == "400 invalid_grant");
  house.control("POST", "/control/password", R"({"user":"0011","password":"Neu &+%"})");
  CHECK(refusal_of(client.password("0011")) == "400 invalid_grant");
  CHECK(client.password("0011", "Neu &+%").status == 200);
}

TEST_CASE("a client says who it is in the body or by Basic, and not twice") {
  House house({"oauth=yes", "oauth-client-secret=a b:c%"});
  OauthClient client(house);
  client.client_secret = "a b:c%";
  CHECK(client.password("0011").status == 200);
  client.authorization = basic("rest-client-headless:a+b%3Ac%25");
  CHECK(client.password("0011").status == 200);
  const std::string form = "grant_type=password&username=0011&password=Geheim";
  for (const char* twice : {"&client_id=rest-client-headless", "&client_secret=x"}) {
    CHECK(refusal_of(client.post(kTokenEndpoint, form + twice)) == "400 invalid_request");
  }
  for (const std::string& bad :
       {std::string("Bearer abc"), std::string("Basic ???"), basic("rest-client-headless")}) {
    client.authorization = bad;
    CHECK(refusal_of(client.post(kTokenEndpoint, form)) == "400 invalid_request");
  }
  client.authorization = basic("rest-client-headless:wrong");
  CHECK(refusal_of(client.post(kTokenEndpoint, form)) == "401 invalid_client");
}

TEST_CASE("a refresh token that is revoked goes with its access tokens, and others stay") {
  House house({"oauth=yes"});
  OauthClient client(house);
  const Tokens kept = client.sign_in("0011");
  const Tokens first = client.sign_in("0011");
  const Tokens second = client.renew(first.refresh);
  CHECK(client.revoke(second.refresh).status == 200);
  CHECK(client.revoke("nobody's").status == 200);
  Client uci(house, "0011");
  for (const Tokens& gone : {first, second}) {
    CHECK(with_jwt(uci, gone.access).post("connection.login").status == 401);
    CHECK(refusal_of(client.refresh(gone.refresh)) == "400 invalid_grant");
  }
  CHECK(with_jwt(uci, kept.access).yes("connection.login"));
  CHECK(client.revoke(kept.access).status == 200);
  CHECK(uci.post("connection.keepAlive").status == 401);
  CHECK(client.refresh(kept.refresh).status == 200);
  CHECK(refusal_of(client.post(kRevocationEndpoint, "a=b" + client.itself())) ==
        "400 invalid_request");
}

TEST_CASE("grants that this client may not use are refused as such") {
  House house({"oauth=yes"});
  OauthClient client(house);
  const auto refused = [&](const std::string& form) {
    return refusal_of(client.post(kTokenEndpoint, form + client.itself()));
  };
  CHECK(refused("grant_type=authorization_code&code=x") == "400 unauthorized_client");
  CHECK(refused("grant_type=client_credentials") == "400 unauthorized_client");
  CHECK(refused("grant_type=device_code") == "400 unsupported_grant_type");
  CHECK(refused("username=0011") == "400 invalid_request");
  CHECK(refused("grant_type=password&username=0011") == "400 invalid_request");
  CHECK(refused("grant_type=refresh_token") == "400 invalid_request");
  CHECK(refused("grant_type=password&username=0011&password=Geheim&scope=pbx-admin") ==
        "400 invalid_scope");
}

TEST_CASE("the control port counts tokens and ends them") {
  House house({"oauth=yes"});
  OauthClient client(house);
  const auto counter = [&](const char* name) {
    return house.control("GET", "/control/state")["counters"][name].asInt();
  };
  CHECK(counter("tokenRequests") == 0);
  const Tokens alice = client.sign_in("0011");
  const Tokens bob = client.sign_in("0012");
  static_cast<void>(client.password("0013", "Falsch"));
  CHECK(counter("tokenRequests") == 3);
  CHECK(counter("tokenRefusals") == 1);
  CHECK(counter("tokensLive") == 2);
  CHECK(counter("refreshTokensLive") == 2);
  CHECK(house.control("POST", "/control/oauth/end", R"({"user":"0011"})")["ended"].asInt() == 2);
  CHECK(counter("tokensLive") == 1);
  CHECK(refusal_of(client.refresh(alice.refresh)) == "400 invalid_grant");
  CHECK(client.refresh(bob.refresh).status == 200);
  house.control("POST", "/control/oauth/end", "{}");
  CHECK(counter("tokensLive") == 0);
  CHECK(counter("refreshTokensLive") == 0);
  house.control("POST", "/control/oauth/end", R"({"user":"4711"})", 404);
}

TEST_CASE("the journal tells who asked for tokens, and holds none") {
  House house({"oauth=yes"});
  OauthClient client(house);
  const Tokens first = client.sign_in("0011");
  const Tokens second = client.renew(first.refresh);
  static_cast<void>(client.refresh(first.refresh));
  static_cast<void>(client.revoke(second.refresh));
  static_cast<void>(client.post(kTokenEndpoint, "grant_type=Geheim"));
  Client uci(house, "0011");
  static_cast<void>(with_jwt(uci, second.access).post("connection.login"));

  const Json::Value journal = house.control("GET", "/control/journal");
  CHECK(token_entries(house) ==
        std::vector<std::string>{"password granted", "refresh_token granted",
                                 "refresh_token refused: dead refresh token", "revoke granted",
                                 "unknown refused: unsupported_grant_type: there is no such grant "
                                 "here"});
  for (const int at : {0, 1, 2, 3, 5})
    CHECK(journal["entries"][at]["user"] == "0011");
  CHECK(journal["entries"][5]["outcome"] == "expired");
  const std::string text = json::write(journal);
  for (const std::string& secret : {first.access, first.refresh, second.access, second.refresh,
                                    std::string("Geheim"), client.client_secret}) {
    CHECK_FALSE(contains(text, secret));
  }
}

}  // namespace
}  // namespace sfteams::simulator::test
