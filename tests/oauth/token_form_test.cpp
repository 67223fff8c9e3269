#include <catch2/catch.hpp>

#include "base/text/encoding.h"
#include "oauth/token.h"

namespace sfteams::oauth {
namespace {

crypto::Secret secret(std::string_view text) {
  return crypto::Secret::from_text(text);
}
Client client_of(std::string id, std::string_view its_secret, std::string scope = {},
                 std::string resource = {}) {
  return {std::move(id), secret(its_secret), std::move(scope), std::move(resource)};
}

TEST_CASE("a form for a password, to the byte") {
  const Client client = client_of("rest-client-headless", "s3cret", "login");
  CHECK(password_form(client, true, "0001", secret("pass")).text() ==
        "grant_type=password&client_id=rest-client-headless&client_secret=s3cret"
        "&username=0001&password=pass&scope=login");
  // Identified twice would be an error (RFC 6749, section 2.3).
  CHECK(password_form(client, false, "0001", secret("pass")).text() ==
        "grant_type=password&username=0001&password=pass&scope=login");
}

TEST_CASE("a public client names its id in the form, wherever a secret would stand") {
  const Client client = client_of("windows-app", "");
  for (const bool in_body : {true, false}) {
    CHECK(password_form(client, in_body, "u", secret("p")).text() ==
          "grant_type=password&client_id=windows-app&username=u&password=p");
    CHECK(refresh_form(client, in_body, secret("r")).text() ==
          "grant_type=refresh_token&client_id=windows-app&refresh_token=r");
    CHECK(revocation_form(client, in_body, secret("r")).text() ==
          "client_id=windows-app&token=r&token_type_hint=refresh_token");
  }
  CHECK(basic_authorization(client).empty());
}

TEST_CASE("every odd character of a form is encoded") {
  const Client client = client_of("a&b", "=+%", "x y", "edgenode://n/1");
  CHECK(password_form(client, true, "\xc3\xa4 u&x=1", secret("+&=%\n\"#;\xe2\x82\xac")).text() ==
        "grant_type=password&client_id=a%26b&client_secret=%3D%2B%25&username=%C3%A4%20u%26x%3D1"
        "&password=%2B%26%3D%25%0A%22%23%3B%E2%82%AC&scope=x%20y&resource=edgenode%3A%2F%2Fn%2F1");
  const char zero[] = {'a', '\0', 'b'};
  CHECK(password_form(client_of("i", ""), true, "u", secret({zero, 3})).text() ==
        "grant_type=password&client_id=i&username=u&password=a%00b");
}

TEST_CASE("a form for a renewal names the resource and no scope") {
  const Client client = client_of("i", "s", "login", "edgenode://n");
  CHECK(refresh_form(client, true, secret("a.b-c_d~/+")).text() ==
        "grant_type=refresh_token&client_id=i&client_secret=s&refresh_token=a.b-c_d~%2F%2B"
        "&resource=edgenode%3A%2F%2Fn");
  CHECK(refresh_form(client, false, secret("r")).text() ==
        "grant_type=refresh_token&refresh_token=r&resource=edgenode%3A%2F%2Fn");
}

TEST_CASE("a form for a revocation, to the byte") {
  const Client client = client_of("i", "s", "login", "edgenode://n");
  CHECK(revocation_form(client, true, secret("r&")).text() ==
        "client_id=i&client_secret=s&token=r%26&token_type_hint=refresh_token");
  CHECK(revocation_form(client, false, secret("r")).text() ==
        "token=r&token_type_hint=refresh_token");
}

TEST_CASE("an empty user and an empty password stay in the form") {
  CHECK(password_form(client_of("i", ""), true, "", secret("")).text() ==
        "grant_type=password&client_id=i&username=&password=");
}

TEST_CASE("a Basic header encodes id and secret before they are joined") {
  const auto pair_of = [](const Client& client) {
    const crypto::Secret header = basic_authorization(client);
    REQUIRE(header.text().starts_with("Basic "));
    const auto bytes = text::from_base64(header.text().substr(6));
    REQUIRE(bytes);
    return std::string(bytes->begin(), bytes->end());
  };
  CHECK(basic_authorization(client_of("rest-client-headless", "s3cret")).text() ==
        "Basic cmVzdC1jbGllbnQtaGVhZGxlc3M6czNjcmV0");
  CHECK(pair_of(client_of("a:b", "c:d")) == "a%3Ab:c%3Ad");
  CHECK(pair_of(client_of("i", "%2B +\xc3\xa4")) == "i:%252B%20%2B%C3%A4");
  CHECK(pair_of(client_of("", "s")) == ":s");
  CHECK(pair_of(client_of(std::string(500, '&'), std::string(500, '='))).size() == 3'001);
}

}  // namespace
}  // namespace sfteams::oauth
