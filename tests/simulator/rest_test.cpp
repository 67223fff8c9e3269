#include <catch2/catch.hpp>

#include "base/json/json.h"
#include "tests/contains.h"
#include "tests/simulator/oauth_client.h"
#include "tests/simulator/rest_client.h"

namespace sfteams::simulator::test {
namespace {

using Lines = std::vector<std::string>;

TEST_CASE("a user signs in by a nonce and is known until the end of the login") {
  House house;
  RestClient client(house);
  const Json::Value offer = client.get_json("/rest/login");
  CHECK(offer["loginType"] == "Internal");
  CHECK(offer["secret"].isNull());
  client.sign_in("0011");
  const Json::Value me = client.get_json("/rest/users/me");
  CHECK(me["id"].asInt() == 1001);
  CHECK(me["login"] == "0011");
  CHECK(me["firstName"] == "Alice");
  CHECK(me["familyName"] == "Adler");
  CHECK(client.send("DELETE", "/rest/login").status == 204);
  CHECK(rest_message(client.get("/rest/users/me"), 401) == "Not logged in");
  CHECK(rest_message(client.send("DELETE", "/rest/login"), 401) == "Not logged in");
}

TEST_CASE("without a login REST answers as a real PBX does") {
  House house;
  const Json::Value refusal = RestClient(house).get_json("/rest/contacts", 401);
  CHECK(refusal["code"] == "d937bb0c-ab0f-464a-a02a-41840746a45a");
  CHECK(refusal["message"] == "Not logged in");
}

TEST_CASE("a login's token is good for four hours, or as long as the switch says") {
  House house;
  RestClient client(house);
  client.sign_in("0011");
  house.advance(14'399'999);
  CHECK(client.get("/rest/users/me").status == 200);
  house.advance(1);
  CHECK(client.get("/rest/users/me").status == 401);
  house.set("rest-token-lifetime=0");
  client.sign_in("0011");
  CHECK(client.get("/rest/users/me").status == 401);
  CHECK(rest_entries(house).back() == "GET /rest/users/me: expired 0011");
}

TEST_CASE("a nonce is good for one attempt, for five minutes") {
  House house;
  RestClient client(house);
  const std::string nonce = client.nonce();
  const std::string secret = RestClient::secret("0011", nonce);
  CHECK(client.post_secret(nonce, secret).status == 200);
  CHECK(client.post_secret(nonce, secret).status == 400);
  const std::string late = client.nonce();
  house.advance(300'000);
  CHECK(client.post_secret(late, RestClient::secret("0011", late)).status == 400);
  const std::string first = client.nonce();
  for (int i = 0; i < 1'000; ++i)
    static_cast<void>(client.nonce());
  CHECK(client.post_secret(first, RestClient::secret("0011", first)).status == 400);
}

TEST_CASE("only the password of now signs in, and no secret stays in the journal") {
  House house;
  RestClient client(house);
  CHECK(rest_message(client.log_in("0011", "Falsch"), 400) == "Invalid login");
  CHECK(client.log_in("4711").status == 400);
  house.control("POST", "/control/password", R"({"user":"0011","password":"Neu"})");
  CHECK(client.log_in("0011").status == 400);
  const Reply granted = client.log_in("0011", "Neu");
  const std::string token = json_of(granted)["token"].asString();
  const std::string journal = json::write(house.control("GET", "/control/journal"));
  CHECK_FALSE(contains(journal, token));
  CHECK(rest_entries(house).at(1) == "POST /rest/login: refused: wrong password 0011");
  CHECK(rest_entries(house).back() == "POST /rest/login: granted 0011");
}

TEST_CASE("an access token of OAuth opens REST where the PBX has OAuth") {
  House house({"preset=10"});
  RestClient client(house);
  client.authorization = "Bearer " + OauthClient(house).sign_in("0012").access;
  CHECK(client.get_json("/rest/users/me")["login"] == "0012");
  client.authorization[0] = 'b';
  CHECK(client.get("/rest/users/me").status == 200);
  house.advance(300'000);
  CHECK(client.get("/rest/users/me").status == 401);
  CHECK(rest_entries(house).back() == "GET /rest/users/me: expired 0012");
  client.authorization = "Bearer " + OauthClient(house).sign_in("0012").access;
  house.set("oauth=no");
  CHECK(client.get("/rest/users/me").status == 401);
  CHECK(rest_entries(house).back() == "GET /rest/users/me: no token");
}

TEST_CASE("some users have an avatar") {
  House house;
  RestClient client(house);
  client.sign_in("0011");
  const Reply picture = client.get("/rest/users/1001/avatar");
  CHECK(picture.status == 200);
  CHECK(picture.content_type == "image/png");
  CHECK(picture.body.starts_with("\x89PNG\r\n"));
  for (const char* path :
       {"/rest/users/1002/avatar", "/rest/users/9999/avatar", "/rest/users/1/avatar",
        "/rest/users/x/avatar", "/rest/users/99999999999999999999/avatar"}) {
    CAPTURE(path);
    CHECK(rest_message(client.get(path), 404) == "Not found");
  }
}

TEST_CASE("accounts are all users and groups, for everybody") {
  House house;
  RestClient client(house);
  const Json::Value accounts = client.sign_in("0014").get_json("/rest/accounts");
  REQUIRE(accounts.size() == 7);
  CHECK(accounts[1]["accountId"].asInt() == 1002);
  CHECK(accounts[1]["displayInformation"] == "Bob Brandt");
  CHECK(accounts[1]["primaryInternalPhoneNumber"] == "0012");
  CHECK(accounts[1]["type"] == "USER");
  CHECK(accounts[6]["type"] == "GROUP");
  CHECK(accounts[6]["lastname"] == "Sales");
}

TEST_CASE("who lacks the right sees nothing of the address book") {
  House house;
  RestClient client(house);
  client.sign_in("0014");
  for (const char* path :
       {"/rest/contacts", "/rest/contacts/tags", "/rest/contacts/scheme", "/rest/contacts/a"}) {
    CAPTURE(path);
    CHECK(rest_message(client.get(path), 403) ==
          "User with id 1004 has no permission for addressbook");
  }
}

TEST_CASE("the journal names resources, but nothing that a client made up") {
  House house;
  RestClient client(house);
  client.sign_in("0011");
  house.control("POST", "/control/journal/clear");
  static_cast<void>(client.get("/rest/users/1002/avatar"));
  static_cast<void>(client.get("/rest/contacts/Geheim"));
  static_cast<void>(client.get("/rest/Geheim"));
  static_cast<void>(client.get("/rest/contacts?searchTerms=Geheim&page=0"));
  static_cast<void>(client.send("Geheim", "/rest/contacts"));
  CHECK(rest_entries(house) ==
        Lines{"GET /rest/users/1002/avatar: not found 0011",
              "GET /rest/contacts/{id}: not found 0011", "GET /rest/{unknown}: not found 0011",
              "GET /rest/contacts: ok 0011", "? /rest/contacts: method not allowed"});
  const Json::Value journal = house.control("GET", "/control/journal");
  CHECK_FALSE(contains(json::write(journal), "Geheim"));
  CHECK(journal["counters"]["restRequests"].asInt() == 5);
  CHECK(journal["counters"]["restRefusals"].asInt() == 0);
}

TEST_CASE("rules spoil and delay single resources of REST") {
  House house;
  RestClient client(house);
  client.sign_in("0011");
  house.control("POST", "/control/misbehave",
                R"({"method":"/rest/contacts","kind":"http-500","times":1,"execute":false})");
  CHECK(client.get("/rest/contacts").status == 500);
  CHECK(rest_entries(house).back() == "GET /rest/contacts: not executed");
  CHECK(client.get("/rest/contacts").status == 200);
  house.control("POST", "/control/latency", R"({"method":"/rest/users/me","timeMs":70})");
  CHECK(client.get("/rest/users/me").delay == transport::Duration(70));
  CHECK(client.get("/rest/accounts").delay == transport::Duration(0));
}

TEST_CASE("a PBX that is starting looks at nobody's login") {
  House house;
  RestClient client(house);
  const std::string nonce = client.nonce();
  house.set("starting=http-503");
  CHECK(client.post_secret(nonce, "Geheim").status == 503);
  CHECK(rest_entries(house).back() == "POST /rest/login: starting");
}

}  // namespace
}  // namespace sfteams::simulator::test
