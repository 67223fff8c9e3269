#include "rest/login.h"

#include <string>

#include <catch2/catch.hpp>

#include "base/crypto/hash.h"
#include "base/json/json.h"
#include "base/text/encoding.h"
#include "rest/codes.h"
#include "tests/rest/answers.h"

namespace sfteams::rest {
namespace {

using transport::HttpReply;

crypto::Secret hash_of(std::string_view password) {
  return crypto::Secret::from_text(text::to_hex(crypto::sha512({crypto::bytes_of(password)})));
}

TEST_CASE("the secret of a login is made of login, nonce and the password's digest") {
  // Computed with sha512sum.
  CHECK(login_secret("123", "abc", hash_of("Pass123")).text() ==
        "123:7425e877767ec30633c7b73d6100df5d3bbda16524cbc87c6009ff3352d658d8ac"
        "efb000522633d30643a7b52f4ac752140353246bd097e2ae46be777fa39d6c");
}

TEST_CASE("what is posted is the answer to the nonce, escaped as JSON") {
  const auto secret = login_body("a\"b", "n\\1", hash_of("x"));
  const auto body = json::parse(secret.text());
  REQUIRE(body);
  CHECK(json::string_member(*body, "loginType") == "Internal");
  CHECK(json::string_member(*body, "nonce") == "n\\1");
  CHECK(json::string_member(*body, "secret") == login_secret("a\"b", "n\\1", hash_of("x")).text());
}

TEST_CASE("the nonce is read, with or without the kind of login") {
  CHECK(*read_nonce({200, "application/json", test::kNonce}) == "n0nce");
  CHECK(*read_nonce({200, "", R"({"nonce":"x"})"}) == "x");
}

TEST_CASE("a PBX with Active Directory is refused, and told so") {
  const auto nonce =
      read_nonce({200, "application/json", R"({"loginType":"ActiveDirectory","nonce":"x"})"});
  REQUIRE_FALSE(nonce);
  CHECK(nonce.error().code == codes::kActiveDirectory);
  CHECK_THAT(nonce.error().message, Catch::Contains("Active Directory"));
}

TEST_CASE("an answer without a nonce says why") {
  const auto code = [](int status, const std::string& body) {
    return read_nonce({status, "application/json", body}).error().code.id;
  };
  CHECK(code(404, "") == codes::kNotOffered.id);
  CHECK(code(403, "") == codes::kNotOffered.id);
  CHECK(code(401, "") == codes::kPbxError.id);
  CHECK(code(302, "") == codes::kPbxError.id);
  CHECK(code(500, "") == codes::kPbxError.id);
  CHECK(code(200, "") == codes::kBrokenReply.id);
  CHECK(code(200, "[]") == codes::kBrokenReply.id);
  CHECK(code(200, R"({"nonce":""})") == codes::kBrokenReply.id);
  CHECK(code(200, R"({"nonce":7})") == codes::kBrokenReply.id);
  CHECK(code(200, R"({"nonce":")" + std::string(kMostNonce + 1, 'x') + "\"}") ==
        codes::kBrokenReply.id);
  CHECK(read_nonce({200, "text/html", test::kNonce}).error().code == codes::kPbxError);
}

TEST_CASE("the token is read, and its text is wiped") {
  HttpReply reply{200, "application/json", R"({"token":"t0ken"})"};
  CHECK(read_token(reply)->text() == "t0ken");
  CHECK(reply.body.empty());
}

TEST_CASE("a refused login is final, everything else is not") {
  const auto code = [](int status, const std::string& body) {
    HttpReply reply{status, "application/json", body};
    return read_token(reply).error().code.id;
  };
  CHECK(code(400, "invalid login") == codes::kLoginRefused.id);
  CHECK(code(401, "") == codes::kLoginRefused.id);
  CHECK(code(404, "") == codes::kNotOffered.id);
  CHECK(code(503, "") == codes::kPbxError.id);
  CHECK(code(200, "{}") == codes::kBrokenReply.id);
  CHECK(code(200, R"({"token":"a\nb"})") == codes::kBrokenReply.id);
  CHECK(code(200, R"({"token":[]})") == codes::kBrokenReply.id);
  CHECK(code(200, R"({"token":")" + std::string(kMostToken + 1, 'x') + "\"}") ==
        codes::kBrokenReply.id);
}

}  // namespace
}  // namespace sfteams::rest
