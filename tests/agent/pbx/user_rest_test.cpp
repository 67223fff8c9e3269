#include "agent/pbx/user_rest.h"

#include <optional>
#include <string>

#include <catch2/catch.hpp>

#include "oauth/codes.h"
#include "rest/codes.h"
#include "tests/fake_background.h"
#include "tests/oauth/scene.h"
#include "tests/rest/fakes.h"
#include "uci/token.h"

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;

constexpr const char* kNonce = R"({"loginType":"Internal","nonce":"n0nce","secret":null})";

struct UserRestFixture {
  oauth::test::Scene scene;
  sfteams::test::FakeScheduler& scheduler = scene.scheduler;
  sfteams::test::FakeBackground background;
  rest::test::FakeHttp http;
  rest::test::CredentialBook book;
  RestWay way{http, scheduler, background, *transport::parse_url("https://pbx.example"),
              std::nullopt};
  int made = 0;
  std::unique_ptr<UserRest> user = std::make_unique<UserRest>(way, "1001", [this] {
    ++made;
    return std::make_unique<rest::test::FakeCredential>(book);
  });
  std::function<void()> elsewhere;  ///< of the other logout: it is over
  int done = 0;

  void log_out() {
    user->log_out([this](std::function<void()> over) { elsewhere = std::move(over); },
                  [this] { ++done; });
  }
  /// The code of what users.me brings; "ok", or "" while nothing has come.
  std::string me(rest::Client& client) {
    std::string code;
    asking = client.me(
        [&code](Result<rest::Me> me) { code = me ? "ok" : std::string(me.error().code.id); });
    scheduler.turn();
    if (http.waiting() > 0) http.answer(200, R"({"id":5})");
    return code;
  }
  std::unique_ptr<rest::Asking> asking;
};

TEST_CASE_METHOD(UserRestFixture, "a user's client is made once, when it is needed") {
  CHECK(made == 0);
  CHECK(me(user->client()) == "ok");
  CHECK(me(user->client()) == "ok");
  CHECK(made == 1);
  CHECK(http.last().sender == "1001");
}

TEST_CASE_METHOD(UserRestFixture, "who never asked has nothing to sign out of") {
  book.signs_out = true;
  log_out();
  CHECK(done == 0);
  elsewhere();
  CHECK(done == 1);
  CHECK(http.sent.empty());
  CHECK(made == 0);
}

TEST_CASE_METHOD(UserRestFixture, "both sign-ins end side by side, and whoever is last ends it") {
  book.signs_out = true;
  CHECK(me(user->client()) == "ok");
  log_out();
  CHECK(http.last().method == "DELETE");
  SECTION("REST is first") {
    http.answer(204, "");
    CHECK(done == 0);
    elsewhere();
  }
  SECTION("REST is last") {
    elsewhere();
    CHECK(done == 0);
    http.answer(204, "");
  }
  SECTION("REST fails") {
    elsewhere();
    http.answer(500, "");
  }
  CHECK(done == 1);
  scheduler.advance(60s);
  CHECK(done == 1);
}

TEST_CASE_METHOD(UserRestFixture,
                 "a PBX that does not end REST's sign-in holds nobody up for long") {
  book.signs_out = true;
  CHECK(me(user->client()) == "ok");
  log_out();
  elsewhere();
  scheduler.advance(UserRest::kSignOutPatience - 1ms);
  CHECK(done == 0);
  scheduler.advance(1ms);
  CHECK(done == 1);
  // What comes then is not counted again.
  http.answer(204, "");
  CHECK(done == 1);
}

TEST_CASE_METHOD(UserRestFixture, "the nonce login proves the password by what is kept of it") {
  const crypto::Secret kept = uci::hash_password(crypto::Secret::from_text("Geheim"));
  UserRest by_nonce(way, "0017", [&] { return nonce_credential(way, "0017", kept); });
  const auto asked = by_nonce.client().me([](const Result<rest::Me>&) {});
  scheduler.turn();
  http.answer(200, kNonce);
  CHECK(http.last().method == "POST");
  // sha512("0017" + "n0nce" + sha512("Geheim"))
  const crypto::Secret again =
      uci::hash_password(crypto::Secret::from_text("0017n0nce" + std::string(kept.text())));
  CHECK_THAT(http.last().body, Catch::Contains("0017:" + std::string(again.text())));
}

struct TokenRestFixture : UserRestFixture {
  TokenRestFixture() {
    scene.offers_oauth();
    scene.http.answers(oauth::test::kRevoke, 200, "");
  }

  void start(const std::string& refresh) {
    tokens = std::make_unique<oauth::UserTokens>(
        *scene.issuer, scheduler,
        oauth::UserTokens::Start{"1001", oauth::test::secret("right"),
                                 oauth::test::secret(refresh)});
    by_token =
        std::make_unique<UserRest>(way, "1001", [this] { return token_credential(*tokens); });
  }
  /// users.me, until its first request to REST or its end.
  void ask() {
    code.clear();
    asking = by_token->client().me(
        [this](Result<rest::Me> me) { code = me ? "ok" : std::string(me.error().code.id); });
    scheduler.turn();
    scheduler.turn();
  }

  std::unique_ptr<oauth::UserTokens> tokens;
  std::unique_ptr<UserRest> by_token;
  std::string code;
};

TEST_CASE_METHOD(TokenRestFixture, "REST is asked with the token of the hour, which it may renew") {
  start("r0");
  ask();
  CHECK(http.sent.empty());
  scene.http.answer(oauth::test::kToken, oauth::test::tokens_reply("a1", "r1"));
  CHECK(http.last().sign_in == "Authorization: Bearer a1");
  http.answer(200, R"({"id":5})");
  CHECK(code == "ok");
  // Over before its time: the next one is asked for by the refresh token.
  ask();
  http.answer(401, "");
  scheduler.turn();
  scene.http.answer(oauth::test::kToken, oauth::test::tokens_reply("a2", "r2"));
  CHECK(http.last().sign_in == "Authorization: Bearer a2");
  http.answer(200, R"({"id":5})");
  CHECK(code == "ok");
}

TEST_CASE_METHOD(TokenRestFixture, "REST never signs a user in by the password") {
  start("");
  ask();
  CHECK(code == "rest.not-signed-in");
  CHECK(scene.http.asked.empty());
  start("r0");
  ask();
  scene.http.answer(oauth::test::kToken, oauth::test::refused("invalid_grant"));
  CHECK(code == "rest.not-signed-in");
  ask();
  CHECK(code == "rest.not-signed-in");
  CHECK(http.sent.empty());
}

TEST_CASE_METHOD(TokenRestFixture, "what waits for a token is given up with the sign-in") {
  start("r0");
  ask();
  by_token->log_out(
      [this](std::function<void()> over) { tokens->revoke([over = std::move(over)] { over(); }); },
      [this] { ++done; });
  scheduler.turn();
  while (done == 0 && !scheduler.idle())
    scheduler.advance(1s);
  CHECK(done == 1);
  CHECK(code.empty());
  CHECK(http.sent.empty());
}

}  // namespace
}  // namespace sfteams::agent
