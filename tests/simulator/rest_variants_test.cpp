#include <catch2/catch.hpp>

#include "base/json/json.h"
#include "base/text/encoding.h"
#include "rest/picture.h"
#include "simulator/switches.h"
#include "tests/simulator/oauth_client.h"
#include "tests/simulator/rest_client.h"

namespace sfteams::simulator::test {
namespace {

Json::Value permissions_of(RestClient& client, std::string_view id) {
  return client.get_json("/rest/permissions/users/" + std::string(id));
}

TEST_CASE("rest=no: there is nothing below /rest") {
  House house({"rest=no"});
  const Reply reply = RestClient(house).get("/rest/login");
  CHECK(reply.status == 404);
  CHECK(rest_entries(house).empty());
}

TEST_CASE("rest=forbidden: signing in works, everything else is forbidden") {
  House house({"rest=forbidden"});
  RestClient client(house);
  client.sign_in("0011");
  CHECK(rest_message(client.get("/rest/users/me"), 403) ==
        "User with id 1001 has no permission for REST");
  CHECK(client.get("/rest/accounts").status == 403);
}

TEST_CASE("rest=html: a page answers everything") {
  House house({"rest=html"});
  RestClient client(house);
  for (const char* path : {"/rest/login", "/rest/contacts"}) {
    CHECK(client.get(path).status == 200);
    CHECK(client.get(path).content_type.starts_with("text/html"));
  }
}

TEST_CASE("rest=huge: answers of megabytes, which are JSON nevertheless") {
  House house({"rest=huge"});
  RestClient client(house);
  const Reply reply = client.sign_in("0011").get("/rest/users/me");
  CHECK(reply.body.size() > 12UL * 1024 * 1024);
  const auto read = json::parse(reply.body, {.bytes = 16UL * 1024 * 1024, .depth = 8});
  REQUIRE(read);
  CHECK((*read)["login"] == "0011");
}

TEST_CASE("rest=slow: answers come late") {
  House house({"rest=slow"});
  RestClient client(house);
  CHECK(client.get("/rest/login").delay == transport::Duration(15'000));
  house.set("rest-slow-time=40");
  house.set("latency=2");
  CHECK(client.get("/rest/login").delay == transport::Duration(42));
}

TEST_CASE("rest=wrong-json: members have other types") {
  House house({"rest=wrong-json"});
  RestClient client(house);
  client.sign_in("0011");
  CHECK(client.get_json("/rest/users/me")["id"].isArray());
  CHECK(client.get_json("/rest/contacts")["contacts"].isObject());
  CHECK(client.get_json("/rest/accounts")[0].isInt());
  CHECK(client.get("/rest/users/1001/avatar").content_type == "image/png");
}

TEST_CASE("rest-avatars: what comes as a user's picture") {
  House house;
  RestClient client(house);
  client.sign_in("0011");
  const auto picture = [&](const std::string& kind) {
    house.set("rest-avatars=" + kind);
    return client.get("/rest/users/1001/avatar");
  };
  const Reply usual = picture("yes");
  CHECK(rest::look_at_picture(usual.body).type == "image/png");
  // The check sum that every PNG ends with.
  CHECK(usual.body.ends_with("IEND\xae\x42\x60\x82"));
  CHECK(client.get("/rest/users/1003/avatar").body != usual.body);
  CHECK(picture("none").status == 404);
  CHECK(picture("forbidden").status == 403);
  CHECK(client.get("/rest/users/1002/avatar").status == 403);
  CHECK(picture("huge").body.size() > rest::kMostPicture);
  CHECK(picture("bomb").body.size() < 10'000);
  CHECK_FALSE(rest::look_at_picture(picture("bomb").body).refused.empty());
  CHECK(picture("wrong-type").body.starts_with("<svg"));
  CHECK(picture("wrong-type").content_type == "image/png");
  CHECK(picture("slow").delay == transport::Duration(15'000));
}

TEST_CASE("rest-login=active-directory: the password itself comes in Base64") {
  House house({"rest-login=active-directory"});
  RestClient client(house);
  const auto attempt = [&](const std::string& login, const std::string& password,
                           const std::string& type) {
    const Json::Value offer = client.get_json("/rest/login");
    CHECK(offer["loginType"] == "ActiveDirectory");
    Json::Value body = offer;
    body["loginType"] = type;
    const std::string plain = login + offer["nonce"].asString() + password;
    body["secret"] = text::to_base64(crypto::bytes_of(plain));
    return client.send("POST", "/rest/login", json::write(body)).status;
  };
  CHECK(attempt("0011", "Geheim", "ActiveDirectory") == 200);
  CHECK(attempt("0011", "Geheim", "Internal") == 400);
  CHECK(attempt("0011", "Falsch", "ActiveDirectory") == 400);
  CHECK(attempt("4711", "Geheim", "ActiveDirectory") == 400);
  CHECK(client.log_in("0011").status == 400);
}

TEST_CASE("rest-login=missing: only access tokens open REST") {
  House house({"preset=10"});
  RestClient legacy(house);
  legacy.sign_in("0011");
  house.set("rest-login=missing");
  CHECK(legacy.get("/rest/login").status == 404);
  CHECK(legacy.get("/rest/users/me").status == 401);
  RestClient client(house);
  client.authorization = "Bearer " + OauthClient(house).sign_in("0011").access;
  CHECK(client.get("/rest/users/me").status == 200);
}

TEST_CASE("oauth=external: nobody's password signs in at /rest/login") {
  House house({"oauth=external"});
  CHECK(RestClient(house).log_in("0011").status == 400);
}

TEST_CASE("what a user may do changes while the program runs") {
  House house({"preset=9", "rest-admin-resources=own"});
  RestClient client(house);
  client.sign_in("0011");
  CHECK(permissions_of(client, "1001")[0]["description"] == "Integration mit Microsoft Teams");
  house.control("POST", "/control/permissions",
                R"({"user":"0011","permissions":"UCC Premium, Fax"})");
  CHECK(permissions_of(client, "1001").size() == 2);
  CHECK(permissions_of(client, "1001")[0]["description"] == "UCC Premium");
  house.control("POST", "/control/permissions", R"({"user":"0011"})");
  CHECK(permissions_of(client, "1001").empty());
}

TEST_CASE("rest-admin-resources: who may see permissions and the version") {
  House house({"preset=9"});
  RestClient client(house);
  client.sign_in("0011");
  CHECK(client.get("/rest/permissions/users/1001").status == 403);
  CHECK(client.get("/rest/server/version").status == 403);
  house.set("rest-admin-resources=own");
  CHECK(permissions_of(client, "1001").size() == 1);
  CHECK(client.get("/rest/permissions/users/1002").status == 403);
  CHECK(client.get("/rest/permissions").status == 403);
  CHECK(client.get("/rest/contacts?userId=1002").status == 403);
  CHECK(client.get("/rest/contacts?userId=1001").status == 200);
  house.set("rest-admin-resources=yes");
  CHECK(client.get_json("/rest/server/version")["version"] == "9.0.0.9");
  CHECK(client.get_json("/rest/permissions")[1]["permission"] == "UCI_AUTOPROVISIONING");
  CHECK(permissions_of(client, "1002")[0]["description"] == "Integration mit Microsoft Teams");
  CHECK(permissions_of(client, "1003")[0]["description"] == "UCC Premium");
  CHECK(client.get("/rest/permissions/users/4711").status == 404);
  CHECK(client.get("/rest/contacts?userId=1002").status == 200);
}

TEST_CASE("rest-version-header: whether requests must name the version") {
  House house;
  RestClient client(house);
  for (const char* version : {"", "1", "2.0"}) {
    client.version = version;
    CHECK(rest_message(client.get("/rest/login"), 400) == "X-Version must be 2");
  }
  house.set("rest-version-header=optional");
  CHECK(client.get("/rest/login").status == 200);
}

TEST_CASE("rest-failures-count: wrong logins and tokens get an address ignored") {
  House house({"blacklist-after=4", "success-whitelists=no"});
  RestClient client(house);
  CHECK(client.log_in("0011", "Falsch").status == 400);
  CHECK(client.post_secret("Geheim", "Geheim").status == 400);  // another nonce
  client.token = "Geheim";
  CHECK(client.get("/rest/users/me").status == 401);
  client.token.clear();
  CHECK(client.get("/rest/users/me").status == 401);              // no token: no guess
  CHECK(client.send("POST", "/rest/login", "{}").status == 400);  // nothing was looked at
  CHECK(client.log_in("0011").status == 200);
  CHECK(client.log_in("0012", "Falsch").status == 400);
  CHECK(client.get("/rest/login").way == Reply::Way::close);
  CHECK(rest_entries(house).back() == "GET /rest/login: ignored");
  CHECK(house.control("GET", "/control/state")["ignoredAddresses"].size() == 1);

  House lenient({"blacklist-after=2", "rest-failures-count=no"});
  RestClient other(lenient);
  for (int i = 0; i < 5; ++i)
    CHECK(other.log_in("0011", "Falsch").status == 400);
}

TEST_CASE("an expired token of REST is no guess, and a right login spares its address") {
  House house({"blacklist-after=2", "rest-token-lifetime=1"});
  RestClient client(house);
  client.sign_in("0011");
  house.set("success-whitelists=no");
  house.advance(1'000);
  for (int i = 0; i < 5; ++i)
    CHECK(client.get("/rest/users/me").status == 401);
  House sparing({"blacklist-after=2"});
  RestClient spared(sparing);
  spared.sign_in("0011");
  for (int i = 0; i < 5; ++i)
    CHECK(spared.log_in("0011", "Falsch").status == 400);
}

TEST_CASE("presets have REST with a nonce") {
  for (const char* preset : {"6.7.3", "8", "9", "10"}) {
    House house({"rest=no", "rest-login=missing", std::string("preset=") + preset});
    RestClient client(house);
    CHECK(client.sign_in("0011").get("/rest/contacts").status == 200);
  }
}

}  // namespace
}  // namespace sfteams::simulator::test
