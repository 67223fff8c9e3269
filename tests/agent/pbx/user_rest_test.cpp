#include "agent/pbx/user_rest.h"

#include <list>
#include <optional>
#include <string>
#include <vector>

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
  NonceLogins logins{scheduler};
  RestWay way{http,         scheduler, background, *transport::parse_url("https://pbx.example"),
              std::nullopt, logins};
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
  UserRest by_nonce(way, "0017", [&] { return nonce_credential(way, "0017", kept, nullptr); });
  const auto asked = by_nonce.client().me([](const Result<rest::Me>&) {});
  scheduler.turn();
  http.answer(200, kNonce);
  CHECK(http.last().method == "POST");
  // sha512("0017" + "n0nce" + sha512("Geheim"))
  const crypto::Secret again =
      uci::hash_password(crypto::Secret::from_text("0017n0nce" + std::string(kept.text())));
  CHECK_THAT(http.last().body, Catch::Contains("0017:" + std::string(again.text())));
}

/// Gives leave, or none, and is told how each login ended.
struct Gate final : uci::TokenGate {
  struct Ticket final : Leave {
    explicit Ticket(Gate& the_gate) : gate(the_gate) {}
    void settle(const uci::TokenAnswer& answer) override { gate.ends.push_back(answer.sign); }
    Gate& gate;
  };
  std::unique_ptr<Leave> take(Use) override {
    if (!open) return nullptr;
    ++taken;
    return std::make_unique<Ticket>(*this);
  }
  void on_room(std::function<void()>) override {}
  bool trusted() const override { return open; }
  void judge(const uci::TokenAnswer&, std::function<void(Verdict)>) override {}
  Error why() const override { return {}; }

  bool open = true;
  std::size_t taken = 0;
  std::vector<uci::TokenSign> ends;
};

struct NonceLoginsFixture : UserRestFixture {
  Gate gate;
  std::list<UserRest> users;
  std::list<std::unique_ptr<rest::Asking>> askings;
  std::vector<std::string> codes;  ///< in which users.me ended

  /// users.me of another user, as far as the nonce; with an answer to that, if it is asked for.
  void ask(const std::string& name = "0017") {
    users.emplace_back(way, name, [this, name] {
      return nonce_credential(way, name, uci::hash_password(crypto::Secret::from_text("x")), &gate);
    });
    askings.push_back(users.back().client().me([this](Result<rest::Me> me) {
      codes.push_back(me ? "ok" : std::string(me.error().code.id));
    }));
    scheduler.turn();
  }
  void log_in(int status, const std::string& body, const std::string& name = "0017") {
    ask(name);
    http.answer(200, kNonce);
    http.answer(status, body);
  }
};

TEST_CASE_METHOD(NonceLoginsFixture, "each nonce login is counted before it goes out") {
  ask();
  CHECK(gate.taken == 0);
  http.answer(200, kNonce);
  CHECK(gate.taken == 1);
  CHECK(gate.ends.empty());
  http.answer(200, R"({"token":"t0ken"})");
  CHECK(gate.ends == std::vector{uci::TokenSign::good});
  gate.open = false;
  ask();
  http.answer(200, R"({"id":5})");
  http.answer(200, kNonce);
  CHECK(codes == std::vector<std::string>{"ok", "rest.busy"});
  CHECK(http.waiting() == 0);
}

TEST_CASE_METHOD(NonceLoginsFixture,
                 "after a nonce login that was not granted none of the user follows") {
  const auto [status, code] =
      GENERATE(table<int, std::string>({{400, "rest.login-refused"}, {500, "rest.pbx-error"}}));
  log_in(status, "{}");
  CHECK(gate.ends == std::vector{uci::TokenSign::refused});
  for (int i = 0; i < 20; ++i) {
    ask();
    http.answer(200, kNonce);
  }
  CHECK(gate.taken == 1);
  CHECK(codes.front() == code);
  CHECK(codes.back() == "rest.busy");
  scheduler.advance(NonceLogins::kPause);
  ask();
  http.answer(200, kNonce);
  CHECK(gate.taken == 2);
}

TEST_CASE_METHOD(NonceLoginsFixture,
                 "one user who may not use REST costs the others nothing, and two are enough") {
  log_in(400, "{}", "0017");
  log_in(200, R"({"token":"t0ken"})", "0018");
  CHECK(gate.ends == std::vector{uci::TokenSign::refused, uci::TokenSign::good});
  http.answer(200, R"({"id":5})");
  log_in(400, "{}", "0019");
  CHECK(gate.taken == 3);
  ask("0020");
  http.answer(200, kNonce);
  CHECK(gate.taken == 3);
  CHECK(codes.back() == "rest.busy");
}

TEST_CASE_METHOD(NonceLoginsFixture, "few nonce logins are under way at once") {
  for (std::size_t i = 0; i < NonceLogins::kMostAtOnce + 2; ++i)
    ask();
  for (std::size_t i = 0; i < NonceLogins::kMostAtOnce + 2; ++i)
    http.answer(200, kNonce);
  CHECK(gate.taken == NonceLogins::kMostAtOnce);
  CHECK(codes == std::vector<std::string>{"rest.busy", "rest.busy"});
  // One that is given up pauses nobody.
  askings.clear();
  users.pop_front();
  ask();
  for (std::size_t i = 1; i < NonceLogins::kMostAtOnce; ++i)
    http.answer(200, R"({"token":"t0ken"})");
  http.answer(200, kNonce);
  CHECK(gate.taken == NonceLogins::kMostAtOnce + 1);
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
