#include <catch2/catch.hpp>

#include "oauth/codes.h"
#include "tests/contains.h"
#include "tests/uci/fakes.h"
#include "tests/uci/oauth_scene.h"
#include "uci/connection.h"

namespace sfteams::uci {
namespace {

using namespace std::chrono_literals;
using namespace test;  // NOLINT: the room's own
using oauth::test::kToken;
using oauth::test::refused;
using oauth::test::tokens_reply;
using State = Connection::State;

/// A PBX that looks at the token of each request, and knows who is logged in.
struct ConnectionFixture : OauthScene {
  explicit ConnectionFixture(const std::string& password = "p", const std::string& refresh = "")
      : OauthScene(password, refresh) {
    http.answers(kRpc, [this](const auto& asked) { return answer(asked); });
    http.answers(kToken, [this](const auto& asked) { return give(asked); });
  }

  Result<transport::HttpReply> answer(const oauth::test::ScriptedHttp::Asked& asked) {
    const auto call = parse_call(asked.body);
    REQUIRE(call);
    ++calls[call->method];
    if (takes_no_token || !contains(asked.url, "jwt=" + good)) return page(401);
    if (call->method == dialect.login) {
      logged_in = true;
      return rpc_value(true);
    }
    if (call->method == dialect.keep_alive) return rpc_value(logged_in);
    if (call->method == dialect.server_version) return rpc_value("10.0.1.6");
    if (logged_in) return rpc_value(true);
    return oauth::test::reply_of(200, write_fault({.code = 0, .text = "UcpNotConnectedException"}),
                                 "text/xml");
  }
  Result<transport::HttpReply> give(const oauth::test::ScriptedHttp::Asked& asked) {
    const bool by_password = contains(asked.body, "grant_type=password");
    ++(by_password ? logins_by_password : renewals);
    if (!by_password && refuses_renewals) return refused("invalid_grant");
    if (by_password && refuses_passwords) return refused("invalid_grant");
    if (forgets_logins) logged_in = false;
    good = "token" + std::to_string(++given);
    return tokens_reply(good, "r" + std::to_string(given));
  }
  void log_in() {
    Outcome<void> login;
    connection->login(login.callback());
    scheduler.advance(1s);
    REQUIRE(login.code().empty());
    REQUIRE(connection->state() == State::connected);
  }
  std::string call() {
    Outcome<Value> outcome;
    connection->call(kGetPhones, {}, outcome.callback());
    scheduler.advance(20s);
    REQUIRE(outcome.times == 1);
    return outcome.code();
  }

  std::string good = "none";
  int given = 0;
  int logins_by_password = 0;
  int renewals = 0;
  bool refuses_renewals = false;
  bool refuses_passwords = false;
  bool takes_no_token = false;
  bool forgets_logins = false;  ///< with each new token
  bool logged_in = false;
  std::map<std::string, int> calls;
  std::unique_ptr<Connection> connection =
      std::make_unique<Connection>(binding, scheduler, dialect, Connection::Handlers{});
};

struct Ticketed : ConnectionFixture {
  Ticketed() : ConnectionFixture("", "r0") {}
};

TEST_CASE_METHOD(ConnectionFixture, "a connection outlives its tokens, by renewals alone") {
  log_in();
  scheduler.advance(1h);
  CHECK(connection->state() == State::connected);
  CHECK(call().empty());
  CHECK(logins_by_password == 1);
  CHECK(renewals >= 12);
  CHECK(renewals <= 16);
  CHECK(calls[kLogin] == 1);
}

TEST_CASE_METHOD(ConnectionFixture,
                 "a login that a PBX forgets with each renewal is made once more, and once only") {
  log_in();
  forgets_logins = true;
  scheduler.advance(275s);
  CHECK(renewals == 1);
  CHECK(calls[kLogin] == 2);
  CHECK(connection->state() == State::connected);
  CHECK(call().empty());
  CHECK(calls[kLogin] == 2);
  CHECK(logins_by_password == 1);
}

TEST_CASE_METHOD(Ticketed, "the same holds for one who came without a password") {
  log_in();
  forgets_logins = true;
  scheduler.advance(275s);
  CHECK(calls[kLogin] == 2);
  CHECK(connection->state() == State::connected);
  CHECK(call().empty());
}

TEST_CASE_METHOD(ConnectionFixture,
                 "a token that ends before its time costs one renewal and nobody's login") {
  log_in();
  good = "another";
  CHECK(call().empty());
  CHECK(renewals == 1);
  CHECK(calls[kLogin] == 1);
  CHECK(logins_by_password == 1);
  CHECK(connection->state() == State::connected);
}

TEST_CASE_METHOD(ConnectionFixture, "a renewal that is refused is one login by the password") {
  log_in();
  refuses_renewals = true;
  scheduler.advance(400s);
  CHECK(connection->state() == State::connected);
  CHECK(renewals == 1);
  CHECK(logins_by_password == 2);
  CHECK(calls[kLogin] == 2);
  CHECK(call().empty());
}

TEST_CASE_METHOD(ConnectionFixture,
                 "a password that is wrong by then is asked once, and is the end") {
  log_in();
  refuses_renewals = true;
  refuses_passwords = true;
  scheduler.advance(24h);
  CHECK(connection->state() == State::refused);
  CHECK(connection->last_error()->code == codes::kLoginRefused);
  CHECK(renewals == 1);
  CHECK(logins_by_password == 2);
}

TEST_CASE_METHOD(
    Ticketed, "without a password a refused renewal is the end, and says nothing of a password") {
  log_in();
  refuses_renewals = true;
  scheduler.advance(24h);
  CHECK(connection->state() == State::refused);
  CHECK(connection->last_error()->code == codes::kSignInOver);
  CHECK(renewals == 2);
  CHECK(logins_by_password == 0);
  CHECK(call() == codes::kSignInOver.id);
}

TEST_CASE_METHOD(Ticketed, "what a ticket brings may be over at the login") {
  refuses_renewals = true;
  Outcome<void> login;
  connection->login(login.callback());
  scheduler.advance(1h);
  CHECK(login.code() == codes::kSignInOver.id);
  CHECK(connection->state() == State::refused);
  CHECK(renewals == 1);
  CHECK(calls.empty());
}

TEST_CASE_METHOD(ConnectionFixture,
                 "a PBX that does not take its own token says nothing of the password") {
  takes_no_token = true;
  Outcome<void> login;
  connection->login(login.callback());
  scheduler.advance(1h);
  CHECK(login.code() == oauth::codes::kTokenNotTaken.id);
  CHECK(connection->state() == State::refused);
  CHECK(logins_by_password == 1);
  CHECK(calls[kLogin] == 1);
}

TEST_CASE_METHOD(ConnectionFixture, "neither does it when the user loses the right to UCI later") {
  log_in();
  takes_no_token = true;
  scheduler.advance(24h);
  CHECK(connection->state() == State::refused);
  CHECK(connection->last_error()->code == oauth::codes::kTokenNotTaken);
  CHECK(logins_by_password == 1);
}

TEST_CASE_METHOD(ConnectionFixture, "a token service that is away for a while is waited for") {
  log_in();
  http.answers(kToken, 503, "");
  scheduler.advance(600s);
  CHECK(connection->state() == State::reconnecting);
  http.answers(kToken, [this](const auto& asked) { return give(asked); });
  scheduler.advance(60s);
  CHECK(connection->state() == State::connected);
  CHECK(logins_by_password == 1);
}

TEST_CASE_METHOD(ConnectionFixture, "a connection may go at whatever moment") {
  const auto moment = GENERATE(0ms, 1ms, 2ms, 3ms, 4ms, 5ms, 6ms, 7ms);
  http.latency = 1ms;
  Outcome<void> login;
  connection->login(login.callback());
  scheduler.advance(moment);
  const int times = login.times;
  connection.reset();
  scheduler.advance(1h);
  CHECK(login.times == times);
  CHECK_FALSE(http.is_open(kRpc));
}

}  // namespace
}  // namespace sfteams::uci
