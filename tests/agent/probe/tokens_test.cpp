#include "agent/probe/tokens.h"

#include <catch2/catch.hpp>

#include "agent/probe/wrong_passwords.h"
#include "tests/contains.h"

// What a request for tokens was answered.

namespace sfteams::probe {
namespace {

using std::chrono::seconds;

Reply json_reply(int status, std::string body) {
  transport::HttpReply made;
  made.status = status;
  made.content_type = "application/json";
  made.body = std::move(body);
  return made;
}

TEST_CASE("a lifetime is told as the PBX says it, however short") {
  const auto read = [](const std::string& life) {
    return read_tokens(
        oauth::Grant::password,
        json_reply(200, R"({"access_token":"eyJ.a.b","refresh_token":"r")" + life + "}"));
  };
  const TokenReply number = read(R"(,"expires_in":4)");
  REQUIRE(number.tokens);
  CHECK(number.tokens->access.text() == "eyJ.a.b");
  CHECK(number.lifetime == seconds(4));
  CHECK_FALSE(contains(number.form, "eyJ"));
  CHECK(read(R"(,"expires_in":"300")").lifetime == seconds(300));
  CHECK_FALSE(read("").lifetime);
  CHECK_FALSE(read(R"(,"expires_in":-5)").lifetime);
}

TEST_CASE("the end of a token is waited for where that is possible") {
  CHECK(why_no_wait(seconds(300)).empty());
  CHECK(contains(why_no_wait(std::nullopt), "does not say"));
  CHECK(contains(why_no_wait(seconds(1)), "no time at all"));
  CHECK(contains(why_no_wait(seconds(3'600)), "3600 s"));
}

TEST_CASE("after three wrong passwords it counts whether the right one is taken") {
  const std::string refused = "HTTP 400, application/json, JSON, error invalid_grant";
  const TokenReply right =
      read_tokens(oauth::Grant::password, json_reply(200, R"({"access_token":"eyJ.a.b"})"));
  const std::string text = to_text(judge_wrong_passwords({refused, refused, refused}, right));
  CHECK(contains(text, "7 the right password is taken after three wrong ones: yes\n"));
  CHECK(contains(text, refused + "; " + refused + "; " + refused));
  const TokenReply silence =
      read_tokens(oauth::Grant::password, fail(Code{"transport.broken-reply"}, "closed"));
  CHECK(judge_wrong_passwords({refused}, silence).answer == Answer::no);
}

}  // namespace
}  // namespace sfteams::probe
