#include "agent/pbx/auth_choice.h"

#include <catch2/catch.hpp>

#include "oauth/codes.h"
#include "tests/contains.h"
#include "transport/codes.h"
#include "uci/codes.h"

namespace sfteams::agent {
namespace {

namespace issue = oauth::codes;
namespace http = transport::codes;

PbxSettings with_secret() {
  PbxSettings settings;
  settings.client_secret_file = "/etc/secret";
  return settings;
}
PbxSettings with_id() {
  PbxSettings settings;
  settings.client_id = "windows-app";
  return settings;
}
Result<oauth::Provider> found(bool password_grant = true) {
  oauth::Provider provider;
  provider.token_url = "https://pbx.example/token";
  provider.password_grant = password_grant;
  return provider;
}
Result<oauth::Provider> failed(Code code) {
  return fail(code, "what has happened", "what to do");
}

TEST_CASE("where the PBX offers OAuth it is taken by an agent that is a client there") {
  for (const PbxSettings& settings : {with_secret(), with_id()}) {
    const auto choice = choose_auth(found(), settings);
    REQUIRE(choice);
    CHECK(choice->by == SignInBy::oauth);
    CHECK(choice->why == "the PBX offers OAuth");
  }
}

TEST_CASE("an agent that nobody has told who it is signs in as ever, and says why") {
  const auto choice = choose_auth(found(), {});
  REQUIRE(choice);
  CHECK(choice->by == SignInBy::sha512);
  CHECK(contains(choice->why, "client-secret-file is not set"));
}

TEST_CASE("a PBX that takes no passwords for tokens is not sent any by the older sign-in either") {
  for (const PbxSettings& settings : {PbxSettings(), with_secret(), with_id()}) {
    const auto choice = choose_auth(found(false), settings);
    REQUIRE(choice);
    CHECK(choice->by == SignInBy::oauth);
    CHECK(contains(choice->why, "not for passwords"));
  }
}

TEST_CASE("a PBX that certainly offers none that can be used is signed in to as ever") {
  for (const PbxSettings& settings : {PbxSettings(), with_secret(), with_id()}) {
    for (const Code code : {issue::kNotOffered, issue::kElsewhere, issue::kBadDocument}) {
      CAPTURE(code.id);
      // Who has set up a client is told why OAuth does not come about.
      const bool wanted =
          settings.client_secret_file || settings.client_id != PbxSettings().client_id;
      if (wanted && !(code == issue::kNotOffered)) {
        CHECK(choose_auth(failed(code), settings).error().code == code);
        continue;
      }
      const auto choice = choose_auth(failed(code), settings);
      REQUIRE(choice);
      CHECK(choice->by == SignInBy::sha512);
      // That there is none needs nothing to be done about it.
      CHECK(choice->why ==
            (code == issue::kNotOffered ? "what has happened" : "what has happened (what to do)"));
    }
  }
}

TEST_CASE("what cannot be told at the moment is no choice") {
  const std::pair<Code, Code> cases[] = {
      {issue::kUnwell, issue::kUnwell},
      {http::kConnectFailed, uci::codes::kUnreachable},
      {http::kResolveFailed, uci::codes::kUnreachable},
      {http::kTlsUntrusted, uci::codes::kUnreachable},
      {http::kTimeout, uci::codes::kTimeout},
      {http::kBrokenReply, uci::codes::kBrokenReply},
      {http::kReplyTooLarge, uci::codes::kBrokenReply},
  };
  for (const PbxSettings& settings : {PbxSettings(), with_secret()}) {
    for (const auto& [code, expected] : cases) {
      CAPTURE(code.id);
      const auto choice = choose_auth(failed(code), settings);
      REQUIRE_FALSE(choice);
      CHECK(choice.error().code == expected);
      CHECK(contains(choice.error().message, "what has happened"));
      CHECK(choice.error().hint == "what to do");
    }
  }
}

}  // namespace
}  // namespace sfteams::agent
