#include "oauth/user_tokens.h"

#include <catch2/catch.hpp>

#include "oauth/codes.h"
#include "tests/contains.h"
#include "tests/oauth/scene.h"

namespace sfteams::oauth {
namespace {

using namespace std::chrono_literals;
using namespace test;  // NOLINT: the room's own

/// What get() brought.
struct Ticketed {
  int times = 0;
  std::string token;
  std::string code;
  std::uint64_t number = 0;
  std::function<void()> then;

  [[nodiscard]] UserTokens::Ready ready() {
    return [this](Result<UserTokens::Access> access) {
      ++times;
      token = access ? std::string(access->token.text()) : "";
      number = access ? access->number : 0;
      code = access ? "" : std::string(access.error().code.id);
      if (then) then();
    };
  }
};

struct TokensFixture : Scene {
  TokensFixture() { offers_oauth(); }

  void start(const std::string& password, const std::string& refresh) {
    tokens = std::make_unique<UserTokens>(
        *issuer, scheduler, UserTokens::Start{"0001", secret(password), secret(refresh)},
        UserTokens::Events{[this] {
                             ++rotations;
                             if (on_rotated) on_rotated();
                           },
                           [this] { ++refusals; }});
  }
  /// Asks, and goes as far as it goes without an answer of the token endpoint.
  void get(bool login = false) {
    got = {};
    waiting = tokens->get(login, got.ready());
    scheduler.turn();
  }
  /// Signs in with tokens of 300 s.
  void signed_in(const std::string& password = "p") {
    start(password, password.empty() ? "r0" : "");
    get(!password.empty());
    http.answer(kToken, tokens_reply("a1", "r1"));
    REQUIRE(got.token == "a1");
  }

  int rotations = 0;
  int refusals = 0;  ///< of which the user of the tokens does not hear
  std::function<void()> on_rotated;
  Ticketed got;
  std::unique_ptr<UserTokens> tokens;
  std::unique_ptr<UserTokens::Waiting> waiting;
};

TEST_CASE_METHOD(TokensFixture, "a login asks by the password, once, and others share the token") {
  start("p&w", "");
  CHECK(tokens->has_password());
  get();
  CHECK(got.code == codes::kRenewalRefused.id);  // a login may help
  CHECK(http.count(kToken) == 0);
  get(true);
  CHECK(contains(http.last(kToken).body, "username=0001&password=p%26w"));
  Ticketed beside;
  const auto other = tokens->get(false, beside.ready());
  CHECK(beside.times == 0);
  http.answer(kToken, tokens_reply("a1", "r1"));
  CHECK(got.token == "a1");
  CHECK(beside.token == "a1");
  CHECK(beside.number == got.number);
  CHECK(http.count(kToken) == 1);
  CHECK(rotations == 1);
  CHECK(tokens->refresh().text() == "r1");
  get(true);
  CHECK(got.times == 1);
  CHECK(http.count(kToken) == 1);
}

TEST_CASE_METHOD(TokensFixture, "a token is renewed before its end, while it is still used") {
  signed_in();
  scheduler.advance(240s - 1ms);
  get();
  CHECK(http.count(kToken) == 1);
  scheduler.advance(1ms);
  get();
  CHECK(got.token == "a1");
  CHECK(http.count(kToken) == 2);
  CHECK(http.last(kToken).body ==
        "grant_type=refresh_token&client_id=client&client_secret=s3cret&refresh_token=r1");
  get();
  CHECK(got.token == "a1");
  CHECK(http.count(kToken) == 2);
  const std::uint64_t before = got.number;
  http.answer(kToken, tokens_reply("a2", "r2"));
  CHECK(tokens->refresh().text() == "r2");
  CHECK(rotations == 2);
  get();
  CHECK(got.token == "a2");
  CHECK(got.number != before);
}

TEST_CASE_METHOD(TokensFixture, "five seconds before its end a token is used no more") {
  signed_in();
  scheduler.advance(295s - 1ms);
  get();
  CHECK(got.token == "a1");
  scheduler.advance(1ms);
  get();
  CHECK(got.times == 0);
  http.answer(kToken, tokens_reply("a2"));
  CHECK(got.token == "a2");
}

TEST_CASE_METHOD(TokensFixture, "the shortest token is used and renewed, too") {
  start("", "r0");
  get();
  http.answer(kToken, tokens_reply("a1", "r1", 0));
  CHECK(got.token == "a1");
  scheduler.advance(15s);
  get();
  CHECK(got.token == "a1");
  CHECK(http.is_open(kToken));
}

TEST_CASE_METHOD(TokensFixture, "a reply without a refresh token leaves the old one") {
  signed_in();
  scheduler.advance(240s);
  get();
  http.answer(kToken, tokens_reply("a2"));
  CHECK(tokens->refresh().text() == "r1");
  CHECK(rotations == 1);
  scheduler.advance(300s);
  get();
  CHECK(contains(http.last(kToken).body, "refresh_token=r1"));
}

TEST_CASE_METHOD(TokensFixture,
                 "a renewal that failed is tried again after a while, not with each request") {
  signed_in();
  scheduler.advance(240s);
  get();
  http.answer(kToken, reply_of(503, ""));
  for (int i = 0; i < 50; ++i)
    get();
  CHECK(got.token == "a1");
  CHECK(http.count(kToken) == 2);
  scheduler.advance(UserTokens::kAgain);
  get();
  CHECK(http.count(kToken) == 3);
  http.answer(kToken, tokens_reply("a2", "r2"));
  get();
  CHECK(got.token == "a2");
}

TEST_CASE_METHOD(TokensFixture,
                 "a failure that says nothing leaves everything for the next who asks") {
  start("", "r0");
  get();
  http.answer(kToken, reply_of(503, ""));
  CHECK(got.code == codes::kUnwell.id);
  CHECK(tokens->refresh().text() == "r0");
  get();
  http.answer(kToken, tokens_reply("a1", "r1"));
  CHECK(got.token == "a1");
}

TEST_CASE_METHOD(TokensFixture, "a refused renewal without a password is the end") {
  signed_in("");
  scheduler.advance(300s);
  get();
  http.answer(kToken, refused("invalid_grant"));
  CHECK(got.code == codes::kRenewalRefused.id);
  CHECK(tokens->refresh().empty());
  for (const bool login : {false, true}) {
    get(login);
    CHECK(got.code == codes::kRenewalRefused.id);
  }
  CHECK(http.count(kToken) == 2);
}

TEST_CASE_METHOD(TokensFixture,
                 "a refused renewal with a password waits for a login, which asks once") {
  signed_in();
  scheduler.advance(300s);
  get();
  http.answer(kToken, refused("invalid_grant"));
  CHECK(got.code == codes::kRenewalRefused.id);
  get();
  CHECK(got.code == codes::kRenewalRefused.id);
  CHECK(http.count(kToken) == 2);
  get(true);
  CHECK(contains(http.last(kToken).body, "grant_type=password"));
  http.answer(kToken, tokens_reply("a2", "r2"));
  CHECK(got.token == "a2");
  CHECK(http.count(kToken) == 3);
}

TEST_CASE_METHOD(TokensFixture,
                 "a login whose renewal is refused goes on by the password at once") {
  start("p", "r0");
  get(true);
  Ticketed beside;
  const auto other = tokens->get(false, beside.ready());
  CHECK(contains(http.last(kToken).body, "refresh_token=r0"));
  http.answer(kToken, refused("invalid_grant"));
  CHECK(got.times == 0);
  scheduler.turn();
  CHECK(contains(http.last(kToken).body, "grant_type=password"));
  http.answer(kToken, tokens_reply("a1", "r1"));
  CHECK(got.token == "a1");
  CHECK(beside.token == "a1");
}

TEST_CASE_METHOD(TokensFixture, "a login that has gone does not have its password asked for") {
  start("p", "r0");
  get(true);
  waiting.reset();
  http.answer(kToken, refused("invalid_grant"));
  scheduler.turn();
  CHECK(http.count(kToken) == 1);
}

TEST_CASE_METHOD(TokensFixture, "what was refused a token is never asked again") {
  const std::string error = GENERATE("invalid_grant", "access_denied", "invalid_client",
                                     "invalid_scope", "unsupported_grant_type");
  start("p", "");
  get(true);
  http.answer(kToken, refused(error));
  const std::string code = got.code;
  CHECK(code != codes::kRenewalRefused.id);
  CHECK_FALSE(tokens->has_password());
  scheduler.advance(24h);
  for (const bool login : {true, false, true}) {
    get(login);
    CHECK(got.times == 1);
    CHECK(got.code == code);
  }
  CHECK(http.count(kToken) == 1);
}

TEST_CASE_METHOD(TokensFixture,
                 "a client that is refused at a renewal is not sent there with each request") {
  signed_in("");
  scheduler.advance(240s);
  get();
  http.answer(kToken, refused("invalid_scope"));
  scheduler.advance(30s);
  get();
  CHECK(got.token == "a1");
  scheduler.advance(30s);
  get();
  CHECK(got.code == codes::kClientRefused.id);
  CHECK(http.count(kToken) == 2);
  CHECK(tokens->refresh().text() == "r1");  // it is not over
}

TEST_CASE_METHOD(TokensFixture, "a password that could not be judged is asked again") {
  start("p", "");
  get(true);
  http.answer(kToken, reply_of(GENERATE(200, 302, 404, 429, 500), "<html></html>"));
  CHECK_FALSE(got.code.empty());
  CHECK(tokens->has_password());
  get(true);
  http.answer(kToken, tokens_reply("a1"));
  CHECK(got.token == "a1");
}

TEST_CASE_METHOD(TokensFixture,
                 "a token that was served may be over before its time, another may not") {
  signed_in();
  const std::uint64_t number = got.number;
  CHECK_FALSE(tokens->over(number));
  get();
  CHECK(got.token == "a1");
  tokens->served(number);
  tokens->served(number + 7);
  CHECK(tokens->over(number));
  get();
  CHECK(got.times == 0);
  CHECK(tokens->over(number));  // of another request; it waits for the same
  http.answer(kToken, tokens_reply("a2", "r2"));
  CHECK(got.token == "a2");
  CHECK(tokens->over(number));
  CHECK_FALSE(tokens->over(got.number));  // the new one was not served yet
  get();
  CHECK(got.token == "a2");
  CHECK(http.count(kToken) == 2);
}

TEST_CASE_METHOD(TokensFixture, "a token that is over with nothing to renew it is not sent again") {
  const bool with_password = GENERATE(true, false);
  start(with_password ? "p" : "", with_password ? "" : "r0");
  get(with_password);
  http.answer(kToken, tokens_reply("a1"));
  if (!with_password) {
    scheduler.advance(240s);
    get();
    http.answer(kToken, refused("invalid_grant"));
  }
  get();
  REQUIRE(got.token == "a1");
  tokens->served(got.number);
  CHECK(tokens->over(got.number));
  get();
  CHECK(got.code == codes::kRenewalRefused.id);
  get(true);
  CHECK(got.code == (with_password ? "" : codes::kRenewalRefused.id));
  CHECK(got.times == (with_password ? 0 : 1));
  CHECK(http.is_open(kToken) == with_password);
}

TEST_CASE_METHOD(TokensFixture,
                 "the newer tokens of the same user are taken over, and the older revoked") {
  signed_in("");
  const std::uint64_t before = got.number;
  UserTokens newer(*issuer, scheduler, {"0001", secret("p"), {}});
  Ticketed by_password;
  const auto asking = newer.get(true, by_password.ready());
  scheduler.turn();
  http.answer(kToken, tokens_reply("b1", "s1"));
  newer.served(by_password.number);
  tokens->take_over(newer);
  scheduler.turn();
  CHECK(contains(http.last(kRevoke).body, "token=r1&"));
  CHECK(tokens->has_password());
  CHECK(tokens->refresh().text() == "s1");
  get();
  CHECK(got.token == "b1");
  CHECK(got.number != before);
  CHECK(tokens->over(before));
  // The newer one can say goodbye with it, and renews nothing.
  CHECK_FALSE(newer.has_password());
  CHECK(newer.refresh().empty());
  Ticketed goodbye;
  CHECK(newer.get(false, goodbye.ready()) == nullptr);
  CHECK(goodbye.token == "b1");
  scheduler.advance(250s);
  const auto late = newer.get(false, goodbye.ready());
  CHECK(goodbye.token == "b1");
  CHECK(http.count(kToken) == 2);
  // What was proven of it holds.
  CHECK(tokens->over(got.number));
}

TEST_CASE_METHOD(TokensFixture, "those who wait are served by what is taken over") {
  start("", "r0");
  get();
  CHECK(contains(http.last(kToken).body, "refresh_token=r0"));
  http.answers(kToken, [](const auto&) { return tokens_reply("b1", "s1"); });
  UserTokens newer(*issuer, scheduler, {"0001", secret("p"), {}});
  Ticketed by_password;
  const auto asking = newer.get(true, by_password.ready());
  scheduler.turn();
  CHECK(by_password.token == "b1");
  CHECK(got.times == 0);
  tokens->take_over(newer);
  CHECK(got.times == 1);
  CHECK(got.token == "b1");
  // The renewal that was under way is given up.
  CHECK_FALSE(http.is_open(kToken));
}

TEST_CASE_METHOD(TokensFixture, "those who wait are not served by what is over already") {
  start("", "r0");
  get();
  int given = 0;
  http.answers(kToken, [&given](const auto&) {
    const std::string number = std::to_string(++given);
    return tokens_reply("b" + number, "s" + number);
  });
  UserTokens newer(*issuer, scheduler, {"0001", secret("p"), {}});
  Ticketed by_password;
  const auto asking = newer.get(true, by_password.ready());
  scheduler.advance(300s);
  REQUIRE(got.times == 0);
  tokens->take_over(newer);
  CHECK(got.times == 0);
  scheduler.turn();
  CHECK(contains(http.last(kToken).body, "refresh_token=s1"));
  CHECK(got.token == "b2");
}

TEST_CASE_METHOD(TokensFixture, "revoked tokens are worth nothing, here and at the PBX") {
  signed_in();
  int done = 0;
  tokens->revoke([&done] { ++done; });
  CHECK(done == 0);
  scheduler.turn();
  CHECK(contains(http.last(kRevoke).body, "token=r1&"));
  http.answer(kRevoke, reply_of(200, ""));
  CHECK(done == 1);
  get(true);
  CHECK(got.code == codes::kRenewalRefused.id);
  CHECK(http.count(kToken) == 1);
  CHECK_FALSE(tokens->has_password());
}

TEST_CASE_METHOD(TokensFixture, "where nothing can be revoked it is done in a later turn") {
  start("p", "");
  int done = 0;
  tokens->revoke([&done] { ++done; });
  CHECK(done == 0);
  scheduler.turn();
  CHECK(done == 1);
  CHECK(http.asked.empty());
}

TEST_CASE_METHOD(TokensFixture,
                 "who waits when tokens are revoked is told, and nothing arrives later") {
  start("p", "");
  get(true);
  tokens->revoke([] {});
  CHECK(got.times == 1);
  CHECK(got.code == codes::kRenewalRefused.id);
  scheduler.advance(1h);
  CHECK(got.times == 1);
  CHECK(http.open() == 0);
}

TEST_CASE_METHOD(TokensFixture, "who gives up waiting is not called, and the others are") {
  start("p", "");
  get(true);
  Ticketed beside;
  const auto other = tokens->get(true, beside.ready());
  waiting.reset();
  http.answer(kToken, tokens_reply("a1"));
  CHECK(got.times == 0);
  CHECK(beside.token == "a1");
}

TEST_CASE_METHOD(TokensFixture, "the user may go in every callback") {
  start("p", "");
  Ticketed beside;
  get(true);
  const auto other = tokens->get(true, beside.ready());
  bool success = true;
  int called = 1;
  SECTION("with a token") {
    got.then = [this] { tokens.reset(); };
  }
  SECTION("with a refusal") {
    success = false;
    got.then = [this] { tokens.reset(); };
  }
  SECTION("with the refresh token") {
    on_rotated = [this] { tokens.reset(); };
    called = 0;
  }
  SECTION("with a token, and the issuer") {
    got.then = [this] {
      tokens.reset();
      issuer.reset();
    };
  }
  http.answer(kToken, success ? tokens_reply("a1", "r1") : refused("invalid_grant"));
  scheduler.advance(1h);
  CHECK(got.times == called);
  CHECK(beside.times == 0);
}

TEST_CASE_METHOD(TokensFixture,
                 "the user may go when a token is there already, and when all is revoked") {
  signed_in();
  Ticketed now;
  now.then = [this] { tokens.reset(); };
  SECTION("a token") {
    CHECK(tokens->get(false, now.ready()) == nullptr);
    CHECK(now.token == "a1");
  }
  SECTION("nothing left") {
    tokens->revoke([] {});
    CHECK(tokens->get(false, now.ready()) == nullptr);
    CHECK(now.code == codes::kRenewalRefused.id);
  }
  SECTION("revoked") {
    int done = 0;
    tokens->revoke([&] {
      ++done;
      tokens.reset();
    });
    scheduler.turn();
    http.answer(kRevoke, reply_of(200, ""));
    CHECK(done == 1);
  }
  scheduler.advance(1h);
  CHECK(http.open() == 0);
}

TEST_CASE_METHOD(TokensFixture, "one who is given a token may revoke it: the next is told so") {
  start("p", "");
  Ticketed beside;
  get(true);
  const auto other = tokens->get(false, beside.ready());
  got.then = [this] { tokens->revoke([] {}); };
  http.answer(kToken, tokens_reply("a1", "r1"));
  CHECK(got.times == 1);
  CHECK(beside.token.empty());
  CHECK(beside.code == codes::kRenewalRefused.id);
}

TEST_CASE_METHOD(TokensFixture, "a user who goes at any moment leaves nothing behind") {
  const int moment = GENERATE(0, 1, 2);
  start("p", moment == 2 ? "r0" : "");
  if (moment > 0) get(true);
  tokens.reset();
  scheduler.advance(1h);
  CHECK(http.open() == 0);
  CHECK(got.times == 0);
}

}  // namespace
}  // namespace sfteams::oauth
