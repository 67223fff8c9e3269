#include <catch2/catch.hpp>

#include "oauth/codes.h"
#include "oauth/token.h"
#include "tests/contains.h"
#include "tests/seed.h"

namespace sfteams::oauth {
namespace {

using namespace std::chrono_literals;

Result<Tokens> read(int status, std::string body, Grant grant = Grant::password) {
  sfteams::test::keep_seed("oauth", body);
  Result<Tokens> tokens = read_token_reply(grant, status, body);
  CHECK(body.empty());
  return tokens;
}
Result<Tokens> with(const std::string& members) {
  return read(200, R"({"access_token":"acc","refresh_token":"ref")" + members + "}");
}
std::string code_of(const Result<Tokens>& tokens) {
  return tokens ? "" : std::string(tokens.error().code.id);
}
std::string code(int status, const std::string& body, Grant grant = Grant::password) {
  return code_of(read(status, body, grant));
}
std::string named(const std::string& error) {
  return R"({"error":")" + error + R"(","error_description":"because"})";
}

TEST_CASE("the reply of a PBX is read") {
  const auto tokens =
      read(200, R"({"access_token":"eyJ.a.b","token_type":"Bearer","expires_in":300,)"
                R"("refresh_token":"r-1","refresh_expires_in":21600,"scope":"login"})");
  REQUIRE(tokens);
  CHECK(tokens->access.text() == "eyJ.a.b");
  CHECK(tokens->refresh.text() == "r-1");
  CHECK(tokens->lifetime == 300s);
  CHECK(tokens->refresh_lifetime == 21'600s);
}

TEST_CASE("whatever is said of a lifetime, it is one that can be used") {
  const auto lifetime = [](const std::string& value) {
    CAPTURE(value);
    const auto tokens = with(R"(,"expires_in":)" + value);
    REQUIRE(tokens);
    return tokens->lifetime;
  };
  REQUIRE(with(""));
  CHECK(with("")->lifetime == kUsualLifetime);
  for (const char* short_one : {"0", "-1", "-9223372036854775808", "1", "29.9", "0.5", "null",
                                "true", "[]", "{}", "\"\"", "\"-300\"", "\"soon\"", "\"300 \"",
                                "\"1e3\"", "\" 300\"", "-1e300", "-99999999999999999999999"})
    CHECK(lifetime(short_one) == kShortest);
  CHECK(lifetime("300") == 300s);
  CHECK(lifetime("299.9") == 299s);
  CHECK(lifetime("3e2") == 300s);
  CHECK(lifetime("\"300\"") == 300s);
  CHECK(lifetime("\"000300\"") == 300s);
  for (const char* long_one :
       {"31536000", "86401", "9223372036854775807", "18446744073709551615", "99999999999999999999",
        "1e300", "\"31536000\"", "\"99999999999\"", "\"999999999999999999\""})
    CHECK(lifetime(long_one) == kLongest);
  // Too long to be a number at all.
  CHECK(lifetime("\"" + std::string(5'000, '9') + "\"") == kShortest);
}

TEST_CASE("the lifetime of a refresh token is 0 where it makes no sense") {
  const auto lifetime = [](const std::string& value) {
    return with(R"(,"refresh_expires_in":)" + value)->refresh_lifetime;
  };
  CHECK(with("")->refresh_lifetime == 0s);
  for (const char* odd : {"0", "-5", "null", "\"x\"", "[]"})
    CHECK(lifetime(odd) == 0s);
  CHECK(lifetime("\"7776000\"") == 7'776'000s);
  CHECK(lifetime("1e300") == 1'000'000'000s);
}

TEST_CASE("a token is one of the type that a PBX takes, in whatever case it is written") {
  for (const char* type : {"Bearer", "bearer", "BEARER"})
    CHECK(with(R"(,"token_type":")" + std::string(type) + "\""));
  CHECK(with(R"(,"token_type":null)"));
  CHECK(code_of(with(R"(,"token_type":"mac")")) == codes::kBrokenReply.id);
  CHECK(code_of(with(R"(,"token_type":"")")) == codes::kBrokenReply.id);
}

TEST_CASE("an access token that could not be sent is none") {
  for (const std::string& body : std::initializer_list<std::string>{
           "{}", R"({"access_token":""})", R"({"access_token":null})", R"({"access_token":7})",
           R"({"access_token":["a"]})", R"({"access_token":"a b"})",
           R"({"access_token":"a\u0000b"})", R"({"access_token":"a\r\nb"})",
           "{\"access_token\":\"\xc3\xa4\"}", R"({"refresh_token":"r"})",
           R"({"access_token":")" + std::string(kMostToken + 1, 'a') + "\"}"}) {
    CAPTURE(body.substr(0, 60));
    CHECK(code(200, body) == codes::kBrokenReply.id);
  }
  CHECK(read(200, R"({"access_token":")" + std::string(kMostToken, 'a') + "\"}"));
}

TEST_CASE("a refresh token that could not be sent is none, and the access token counts") {
  for (const std::string& refresh : std::initializer_list<std::string>{
           "7", "null", "\"\"", "\"a b\"", "[]", "\"" + std::string(kMostToken + 1, 'r') + "\""}) {
    const auto tokens = read(200, R"({"access_token":"a","refresh_token":)" + refresh + "}");
    REQUIRE(tokens);
    CHECK(tokens->refresh.empty());
  }
}

TEST_CASE("a 200 without a JSON object is a server that is not well") {
  for (const std::string& body : std::initializer_list<std::string>{
           "", "[]", "null", "<html>Sign in</html>", "{", R"({"access_token":"a"}x)",
           R"({"access_token":"a","access_token":"b"})", "{\"access_token\":\"\xff\"}",
           std::string(kMostReply + 1, ' '), std::string(1'000, '[')}) {
    CAPTURE(body.substr(0, 60));
    CHECK(code(200, body) == codes::kUnwell.id);
  }
}

TEST_CASE("each error that is known has its code, for a password") {
  for (const int status : {400, 401, 403}) {
    CAPTURE(status);
    CHECK(code(status, named("invalid_grant")) == codes::kPasswordRefused.id);
    // So is a user told who lacks the right.
    CHECK(code(status, named("invalid_client")) == codes::kRefused.id);
    CHECK(code(status, named("unauthorized_client")) == codes::kRefused.id);
    CHECK(code(status, named("unsupported_grant_type")) == codes::kNoPasswordGrant.id);
    CHECK(code(status, named("invalid_scope")) == codes::kRequestRefused.id);
    CHECK(code(status, named("invalid_request")) == codes::kRequestRefused.id);
    CHECK(code(status, named("invalid_target")) == codes::kRequestRefused.id);
    CHECK(code(status, named("access_denied")) == codes::kRefused.id);
    CHECK(code(status, named("temporarily_unavailable")) == codes::kUnwell.id);
    CHECK(code(status, named("server_error")) == codes::kUnwell.id);
    for (const std::string& body :
         {named("something_new"), named(""), std::string("{}"), std::string("<html></html>"),
          std::string(), std::string("[]"), std::string(R"({"error":7})"),
          std::string(R"({"error":null})")})
      CHECK(code(status, body) == codes::kRefused.id);
  }
}

TEST_CASE("what is refused of a renewal is the renewal, unless the client is") {
  for (const int status : {400, 401, 403}) {
    for (const std::string& body : {named("invalid_grant"), named("access_denied"), named("odd"),
                                    std::string(), std::string("<html></html>")})
      CHECK(code(status, body, Grant::refresh) == codes::kRenewalRefused.id);
    CHECK(code(status, named("invalid_client"), Grant::refresh) == codes::kClientRefused.id);
    CHECK(code(status, named("server_error"), Grant::refresh) == codes::kUnwell.id);
  }
}

TEST_CASE("other statuses say nothing about anybody") {
  for (const Grant grant : {Grant::password, Grant::refresh}) {
    for (const int status : {301, 302, 307, 399, 429, 500, 502, 503, 599}) {
      CAPTURE(status);
      CHECK(code(status, named("invalid_grant"), grant) == codes::kUnwell.id);
      CHECK(code(status, "", grant) == codes::kUnwell.id);
    }
    for (const int status : {201, 204, 404, 405, 407, 410, 415}) {
      CAPTURE(status);
      CHECK(code(status, named("invalid_grant"), grant) == codes::kBadDocument.id);
      CHECK(code(status, "<html></html>", grant) == codes::kBadDocument.id);
    }
  }
}

TEST_CASE("no text of a failure repeats anything of the answer") {
  const std::string mark = "Xq7Secret";
  for (const std::string& body : std::initializer_list<std::string>{
           named(mark), mark, "<html>" + mark + "</html>",
           R"({"error":"invalid_grant","error_description":")" + mark + "\"}",
           R"({"error":"invalid_client","error_uri":"https://)" + mark + "\"}",
           R"({"access_token":"a )" + mark + "\"}",
           R"({"access_token":"a","token_type":")" + mark + "\"}",
           R"({"error":{"message":")" + mark + "\"}}", R"({"error":"invalid_grant )" + mark + "\"}",
           "{\"" + mark + "\":1, \"" + mark + "\":2}"}) {
    for (const int status : {200, 302, 400, 401, 403, 404, 429, 500}) {
      for (const Grant grant : {Grant::password, Grant::refresh}) {
        const auto tokens = read(status, body, grant);
        REQUIRE_FALSE(tokens);
        CHECK_FALSE(contains(describe(tokens.error()), mark));
        CHECK(tokens.error().message.size() < 200);
      }
    }
  }
}

TEST_CASE("whatever byte of a reply is another, the tokens can be sent") {
  const std::string whole =
      R"({"access_token":"eyJ.a.b","token_type":"Bearer","expires_in":300,"refresh_token":"r-1"})";
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const char other : {'\0', '"', '\\', '{', ' ', '9', '-', 'e', '\n', '\x80'}) {
      std::string text = whole;
      text[at] = other;
      const auto tokens = read_token_reply(Grant::password, 200, text);
      if (!tokens) continue;
      CHECK_FALSE(tokens->access.empty());
      CHECK(tokens->lifetime >= kShortest);
      CHECK(tokens->lifetime <= kLongest);
    }
    std::string cut = whole.substr(0, at);
    CHECK_FALSE(read_token_reply(Grant::password, 200, cut));
  }
}

}  // namespace
}  // namespace sfteams::oauth
