#include "agent/pbx/accounts.h"

#include <catch2/catch.hpp>

#include "agent/pbx/codes.h"
#include "base/json/rpc_codes.h"
#include "tests/agent/pbx/fake_pbx.h"
#include "uci/codes.h"

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;

/// A session that wants to sign in.
struct WatchingGuest final : Guest {
  void on_event(const std::string& notification) override { events.push_back(notification); }
  void on_pbx(bool connected) override { pbx.push_back(connected); }
  void on_signed_out(const Error& error) override {
    signed_out = error;
    seat.reset();
  }
  /// "" once signed in, the code of the refusal, or "waiting".
  [[nodiscard]] std::string state() const {
    if (seat) return "";
    return refused ? std::string(refused->code.id) : "waiting";
  }

  std::unique_ptr<Accounts::Waiting> waiting;
  std::unique_ptr<Seat> seat;
  std::optional<Error> refused;
  std::optional<Error> signed_out;
  std::vector<std::string> events;
  std::vector<bool> pbx;
};

struct AccountsFixture {
  FakeScheduler scheduler;
  FakeAccess access{scheduler};
  LoginGuard guard{{}, crypto::Secret(32)};
  Accounts accounts{{access, scheduler, guard, 10s}};

  void ask(WatchingGuest& guest, const std::string& user, const std::string& password) {
    guest.refused.reset();
    guest.waiting = accounts.sign_in(user, crypto::Secret::from_text(password), guest,
                                     [&guest](Result<std::unique_ptr<Seat>> seat) {
                                       if (seat) {
                                         guest.seat = std::move(*seat);
                                       } else {
                                         guest.refused = seat.error();
                                       }
                                     });
    scheduler.turn();
  }
  void sign_in(WatchingGuest& guest, const std::string& user, const std::string& password) {
    const std::size_t before = access.opened.size();
    ask(guest, user, password);
    if (access.opened.size() > before) access.accept(before);
    scheduler.turn();
    REQUIRE(guest.state().empty());
  }
};

TEST_CASE_METHOD(AccountsFixture, "a first session of a user is signed in by the PBX") {
  WatchingGuest anna;
  ask(anna, "1001", "right");
  CHECK(anna.state() == "waiting");
  REQUIRE(access.opened.size() == 1);
  CHECK(access.opened[0].name == "1001");
  CHECK(access.opened[0].password == "right");
  access.accept(0);
  CHECK(anna.state().empty());
  CHECK(anna.seat->services() == std::vector<std::string>{"ucp.v30.events.call"});
  CHECK(accounts.summary().users == 1);
  CHECK(accounts.summary().connected == 1);
}

TEST_CASE_METHOD(AccountsFixture, "a second session with the same password costs the PBX nothing") {
  WatchingGuest desktop;
  WatchingGuest browser;
  sign_in(desktop, "1001", "right");
  ask(browser, "1001", "right");
  CHECK(browser.state().empty());
  CHECK(access.opened.size() == 1);
  CHECK(accounts.summary().users == 1);
}

TEST_CASE_METHOD(AccountsFixture,
                 "more users than the budget of failures may come at once; all get in") {
  constexpr std::size_t kUsers = 30;
  std::vector<WatchingGuest> guests(kUsers);
  for (std::size_t i = 0; i < kUsers; ++i)
    ask(guests[i], std::to_string(1001 + i), "right");
  // No more are under way than may fail.
  CHECK(access.opened.size() == LoginGuard::Limits{}.failures);
  for (std::size_t i = 0; i < kUsers; ++i) {
    REQUIRE(access.opened.size() > i);
    access.accept(i);
    scheduler.turn();
  }
  for (const WatchingGuest& guest : guests)
    CHECK(guest.state().empty());
}

TEST_CASE_METHOD(AccountsFixture,
                 "those who wait behind logins that fail are told to come back later") {
  constexpr std::size_t kUsers = 10;
  std::vector<WatchingGuest> guests(kUsers);
  for (std::size_t i = 0; i < kUsers; ++i)
    ask(guests[i], std::to_string(1001 + i), "guess");
  const std::size_t most = LoginGuard::Limits{}.failures;
  REQUIRE(access.opened.size() == most);
  for (std::size_t i = 0; i < most; ++i)
    access.refuse(i);
  scheduler.turn();
  CHECK(access.opened.size() == most);
  CHECK(guests[most].state() == "session.login-paused");
}

TEST_CASE_METHOD(AccountsFixture, "two sessions that come at once share one login") {
  WatchingGuest desktop;
  WatchingGuest browser;
  ask(desktop, "1001", "right");
  ask(browser, "1001", "right");
  CHECK(access.opened.size() == 1);
  access.accept(0);
  CHECK(desktop.state().empty());
  CHECK(browser.state().empty());
}

TEST_CASE_METHOD(AccountsFixture,
                 "a second session with another password is judged by the PBX, once") {
  WatchingGuest desktop;
  WatchingGuest intruder;
  sign_in(desktop, "1001", "right");
  ask(intruder, "1001", "guess");
  REQUIRE(access.opened.size() == 2);
  access.refuse(1);
  CHECK(intruder.state() == "uci.login-refused");
  ask(intruder, "1001", "guess");
  CHECK(intruder.state() == "uci.login-refused");
  CHECK(access.opened.size() == 2);
  CHECK_FALSE(desktop.signed_out);
  CHECK(accounts.summary().users == 1);
}

TEST_CASE_METHOD(
    AccountsFixture,
    "a password that was changed at the PBX signs the sessions under the old one out") {
  WatchingGuest old;
  WatchingGuest fresh;
  sign_in(old, "1001", "old");
  ask(fresh, "1001", "new");
  access.accept(1);
  CHECK(fresh.state().empty());
  REQUIRE(old.signed_out);
  CHECK(old.signed_out->code == codes::kSignedOut);
  // The PBX no longer takes the old password: logging out with it would count as a failure.
  CHECK(access.pbx(0).count(kLogout) == 0);
  scheduler.turn();
  WatchingGuest third;
  ask(third, "1001", "new");
  CHECK(third.state().empty());
  CHECK(accounts.summary().users == 1);
}

TEST_CASE_METHOD(AccountsFixture, "events go to every session of the user and to nobody else's") {
  WatchingGuest desktop;
  WatchingGuest browser;
  WatchingGuest ben;
  sign_in(desktop, "1001", "right");
  sign_in(browser, "1001", "right");
  sign_in(ben, "1002", "right");
  access.opened[0].connection->deliver("ucp.v30.events.call.receiveCallState",
                                       {uci::Value(uci::Struct{{"state", "RINGING"}})});
  REQUIRE(desktop.events.size() == 1);
  CHECK(desktop.events[0] == R"({"jsonrpc":"2.0","method":"ucp.v30.events.call.receiveCallState",)"
                             R"("params":[{"state":"RINGING"}]})");
  CHECK(browser.events == desktop.events);
  CHECK(ben.events.empty());
}

TEST_CASE_METHOD(AccountsFixture,
                 "the user is logged out a while after the last session has gone") {
  WatchingGuest desktop;
  WatchingGuest browser;
  sign_in(desktop, "1001", "right");
  sign_in(browser, "1001", "right");
  desktop.seat.reset();
  scheduler.advance(60s);
  CHECK(access.pbx(0).count(kLogout) == 0);
  browser.seat.reset();
  scheduler.advance(9'999ms);
  CHECK(access.pbx(0).count(kLogout) == 0);
  scheduler.advance(1ms);
  CHECK(access.pbx(0).count(kLogout) == 1);
  access.pbx(0).value(kLogout, true);
  scheduler.turn();
  CHECK(accounts.summary().users == 0);
}

TEST_CASE_METHOD(AccountsFixture, "a session that comes back in time finds the connection") {
  WatchingGuest client;
  sign_in(client, "1001", "right");
  client.seat.reset();
  scheduler.advance(9s);
  ask(client, "1001", "right");
  CHECK(client.state().empty());
  scheduler.advance(25s);
  CHECK(access.pbx(0).count(kLogout) == 0);
  CHECK(access.opened.size() == 1);
}

TEST_CASE_METHOD(AccountsFixture, "a user who signs out as the last one is logged out at once") {
  WatchingGuest desktop;
  WatchingGuest browser;
  sign_in(desktop, "1001", "right");
  sign_in(browser, "1001", "right");
  desktop.seat->sign_out();
  desktop.seat.reset();
  scheduler.turn();
  CHECK(access.pbx(0).count(kLogout) == 0);
  browser.seat->sign_out();
  CHECK(access.pbx(0).count(kLogout) == 1);
  browser.seat.reset();
}

TEST_CASE_METHOD(AccountsFixture, "who signs in during the logout is logged in again after it") {
  WatchingGuest client;
  sign_in(client, "1001", "right");
  client.seat->sign_out();
  client.seat.reset();
  ask(client, "1001", "right");
  CHECK(access.opened.size() == 1);
  access.pbx(0).value(kLogout, true);
  scheduler.turn();
  REQUIRE(access.opened.size() == 2);
  access.accept(1);
  CHECK(client.state().empty());
}

TEST_CASE_METHOD(AccountsFixture, "a session that goes during the login leaves no user behind") {
  WatchingGuest client;
  ask(client, "1001", "right");
  client.waiting.reset();
  access.accept(0);
  CHECK(client.state() == "waiting");
  scheduler.advance(10s);
  CHECK(access.pbx(0).count(kLogout) == 1);
}

TEST_CASE_METHOD(AccountsFixture, "a session that goes before the login begins reaches nobody") {
  WatchingGuest client;
  client.waiting = accounts.sign_in("1001", crypto::Secret::from_text("x"), client,
                                    [](Result<std::unique_ptr<Seat>>) { FAIL("called"); });
  client.waiting.reset();
  scheduler.advance(1s);
  CHECK(access.opened.empty());
}

TEST_CASE_METHOD(AccountsFixture,
                 "no sequence of guesses sends more than eight wrong passwords to the PBX") {
  int refused_by_pbx = 0;
  for (int guess = 0; guess < 100; ++guess) {
    WatchingGuest client;
    const std::size_t before = access.opened.size();
    ask(client, std::to_string(guess % 20), "guess" + std::to_string(guess));
    if (access.opened.size() > before) {
      access.refuse(before);
      ++refused_by_pbx;
    } else {
      CHECK(client.state() == "session.login-paused");
    }
  }
  CHECK(refused_by_pbx == 8);
}

TEST_CASE_METHOD(AccountsFixture,
                 "a PBX that cannot be reached is told as such and may be tried again") {
  WatchingGuest client;
  for (int i = 0; i < 20; ++i) {
    ask(client, "1001", "right");
    REQUIRE(access.opened.size() == static_cast<std::size_t>(i + 1));
    access.pbx(static_cast<std::size_t>(i)).fails(kLogin, uci::codes::kUnreachable);
    CHECK(client.state() == "uci.unreachable");
  }
  REQUIRE(accounts.summary().error);
  CHECK(accounts.summary().error->code == uci::codes::kUnreachable);
  sign_in(client, "1001", "right");
  CHECK_FALSE(accounts.summary().error);
}

TEST_CASE_METHOD(AccountsFixture,
                 "a password that the PBX takes no longer signs out, and is not tried again") {
  WatchingGuest client;
  sign_in(client, "1001", "old");
  scheduler.advance(30s);
  access.pbx(0).value(uci::test::kKeepAlive, false);
  access.refuse(0);
  scheduler.turn();
  // It was right a moment ago: it may be the PBX, so the login is tried once more.
  CHECK_FALSE(client.signed_out);
  scheduler.advance(6s);
  access.refuse(0);
  scheduler.turn();
  REQUIRE(client.signed_out);
  CHECK(client.signed_out->code == uci::codes::kLoginRefused);
  ask(client, "1001", "old");
  CHECK(client.state() == "uci.login-refused");
  CHECK(access.opened.size() == 1);
  CHECK(accounts.summary().users == 0);
}

TEST_CASE_METHOD(AccountsFixture,
                 "sessions hear when the PBX cannot be reached and when it can again") {
  WatchingGuest client;
  sign_in(client, "1001", "right");
  scheduler.advance(30s);
  access.pbx(0).fails(uci::test::kKeepAlive, uci::codes::kUnreachable);
  scheduler.turn();
  CHECK(client.pbx == std::vector<bool>{false});
  CHECK(accounts.summary().connected == 0);
  REQUIRE(accounts.summary().error);
  scheduler.advance(2s);
  access.pbx(0).value(uci::test::kKeepAlive, true);
  scheduler.turn();
  CHECK(client.pbx == std::vector<bool>{false, true});
}

TEST_CASE_METHOD(AccountsFixture,
                 "calls of a seat are answered, and not any more once it has gone") {
  WatchingGuest client;
  sign_in(client, "1001", "right");
  uci::test::Outcome<uci::Value> first;
  uci::test::Outcome<uci::Value> second;
  client.seat->call(kGetPhones, {}, first.callback());
  client.seat->call(kPlaceCall, {uci::Value("1002")}, second.callback());
  access.pbx(0).value(kGetPhones, "SIP/1001");
  REQUIRE(first.result);
  CHECK(*first.result == uci::Value("SIP/1001"));
  client.seat.reset();
  access.pbx(0).value(kPlaceCall, "uuid");
  CHECK(second.times == 0);
}

TEST_CASE_METHOD(AccountsFixture, "a user name that is none never reaches the PBX") {
  WatchingGuest client;
  const std::string name = GENERATE(as<std::string>{}, "", "a\nb", std::string("a\0b", 3), "\xff",
                                    std::string(129, 'x'));
  ask(client, name, "x");
  CHECK(client.state() == json::rpc::codes::kInvalidParams.id);
  CHECK(access.opened.empty());
}

const Error kWhy{uci::codes::kUnreachable, "made anew", ""};

TEST_CASE_METHOD(AccountsFixture,
                 "everybody is told before the end, and logged out whose login was taken") {
  WatchingGuest anna;
  WatchingGuest ben;
  WatchingGuest carl;
  sign_in(anna, "1001", "right");
  ask(ben, "1002", "right");
  int done = 0;
  accounts.sign_out_all(kWhy, [&done] { ++done; });
  REQUIRE(anna.signed_out);
  CHECK(anna.signed_out->code == uci::codes::kUnreachable);
  CHECK(ben.state() == "uci.unreachable");
  scheduler.turn();
  CHECK(done == 0);
  access.pbx(0).value(kLogout, true);
  // Of a login under way nobody knows yet whether its token is right.
  CHECK(access.pbx(1).count(kLogout) == 0);
  scheduler.turn();
  CHECK(done == 1);
  ask(carl, "1003", "right");
  CHECK(carl.state() == "uci.unreachable");
  CHECK(access.opened.size() == 2);
}

TEST_CASE_METHOD(AccountsFixture, "with nobody signed in the end comes at once") {
  int done = 0;
  accounts.sign_out_all(kWhy, [&done] { ++done; });
  scheduler.turn();
  CHECK(done == 1);
}

TEST_CASE("seats may outlive the accounts") {
  FakeScheduler scheduler;
  FakeAccess access(scheduler);
  LoginGuard guard({}, crypto::Secret(32));
  WatchingGuest client;
  {
    Accounts accounts({access, scheduler, guard, 10s});
    client.waiting = accounts.sign_in(
        "1001", crypto::Secret::from_text("right"), client,
        [&client](Result<std::unique_ptr<Seat>> seat) { client.seat = std::move(*seat); });
    scheduler.turn();
    access.accept(0);
    REQUIRE(client.seat);
  }
  uci::test::Outcome<uci::Value> outcome;
  client.seat->call(kGetPhones, {}, outcome.callback());
  CHECK(outcome.code() == "session.signed-out");
  CHECK(client.seat->services().empty());
}

}  // namespace
}  // namespace sfteams::agent
