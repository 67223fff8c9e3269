#include <list>
#include <utility>

#include <catch2/catch.hpp>

#include "agent/guard/known_users.h"
#include "agent/pbx/accounts.h"
#include "agent/pbx/codes.h"
#include "tests/agent/pbx/oauth_model.h"

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;
using test::FakeScheduler;
using test::OauthModel;

struct Device final : Guest {
  void on_event(const std::string&) override {}
  void on_pbx(bool) override {}
  void on_signed_out(const Error& error) override {
    out = std::string(error.code.id);
    seat.reset();
  }
  /// "" once signed in, the code of the refusal, or "waiting".
  [[nodiscard]] std::string state() const { return seat ? "" : refused; }

  std::unique_ptr<Accounts::Waiting> waiting;
  std::unique_ptr<Seat> seat;
  std::string refused = "waiting";
  std::string out;
};

struct OauthFixture {
  OauthFixture() {
    for (int i = 1; i <= 40; ++i)
      pbx.passwords[name(i)] = "right";
  }
  static std::string name(int i) { return std::to_string(1000 + i); }

  Accounts::SignedIn done(Device& device) {
    device.refused = "waiting";
    return [&device](Result<std::unique_ptr<Seat>> seat) {
      if (seat) {
        device.seat = std::move(*seat);
      } else {
        device.refused = std::string(seat.error().code.id);
      }
    };
  }
  void ask(Device& device, const std::string& user, const std::string& password) {
    device.waiting =
        accounts->sign_in(user, crypto::Secret::from_text(password), device, done(device));
  }
  void ask_again(Device& device, const std::string& user, const crypto::Secret& key) {
    device.waiting = accounts->sign_in_again(
        user, key, [] { return true; }, device, done(device));
  }
  void sign_in(Device& device, const std::string& user, const std::string& password = "right") {
    ask(device, user, password);
    scheduler.advance(3s);
  }
  void sign_in_again(Device& device, const std::string& user, const crypto::Secret& key) {
    ask_again(device, user, key);
    scheduler.advance(3s);
  }
  /// As a ticket would hold it.
  static crypto::Secret key_of(const Device& device) { return device.seat->secret()->clone(); }
  /// A key of that user, who is not signed in any more.
  crypto::Secret key_from_before(const std::string& user) {
    Device device;
    sign_in(device, user);
    REQUIRE(device.state().empty());
    crypto::Secret key = key_of(device);
    device.seat.reset();
    scheduler.advance(30s);
    return key;
  }
  std::string call(Device& device) {
    if (!device.seat) return "no seat";
    std::string code = "waiting";
    device.seat->call("ucp.v30.requests.call.getCallIds", {}, [&code](const Result<uci::Value>& v) {
      code = v ? "" : std::string(v.error().code.id);
    });
    scheduler.advance(3s);
    return code;
  }

  FakeScheduler scheduler;
  OauthModel pbx{scheduler};
  KnownUsers known{{scheduler, {}, crypto::Secret(32), "the PBX"}};
  LoginGuard guard{{}, crypto::Secret(32), {}, [this] { return known.size() > 0; }};
  std::vector<std::string> ended;
  std::unique_ptr<Accounts> accounts = std::make_unique<Accounts>(
      Accounts::Setup{pbx, scheduler, guard, 10s, &known, [this](const std::string& user) {
                        ended.push_back(user);
                        pbx.forget_kept(user);
                      }});
};

TEST_CASE_METHOD(OauthFixture,
                 "what a device keeps is a key, under which the newest token lies in the book") {
  Device device;
  sign_in(device, "1001");
  REQUIRE(device.state().empty());
  CHECK(pbx.book.size() == 0);  // nothing was given out yet
  const crypto::Secret key = key_of(device);
  CHECK(key.size() == 43);
  CHECK(pbx.book.get("1001", key)->text() == "r1");
  CHECK(key_of(device) == key);
  scheduler.advance(300s);
  CHECK(pbx.renewals == 1);
  CHECK(pbx.book.get("1001", key)->text() == "r2");
  CHECK(pbx.renewable.contains("r2"));
}

TEST_CASE_METHOD(OauthFixture,
                 "a user whose key was given out signs in again without the password") {
  const crypto::Secret key = key_from_before("1001");
  CHECK(pbx.revoked == 0);
  CHECK(accounts->users().empty());
  Device device;
  sign_in_again(device, "1001", key);
  CHECK(device.state().empty());
  CHECK(pbx.by_password == 1);
  CHECK(pbx.renewals == 1);
  CHECK(call(device).empty());
  CHECK(pbx.renewable.contains(std::string(pbx.book.get("1001", key)->text())));
  CHECK(pbx.wrong_at.empty());
}

TEST_CASE_METHOD(OauthFixture, "a user who keeps nothing leaves nothing at the PBX") {
  Device device;
  sign_in(device, "1001");
  device.seat->sign_out();
  device.seat.reset();
  scheduler.advance(5s);
  CHECK(pbx.revoked == 1);
  CHECK(pbx.renewable.empty());
  CHECK(accounts->users().empty());
}

TEST_CASE_METHOD(OauthFixture,
                 "a device that comes by its ticket joins the live connection, at no cost") {
  Device desktop;
  Device browser;
  sign_in(desktop, "1001");
  const crypto::Secret key = key_of(desktop);
  const std::size_t asked = pbx.http.asked.size();
  sign_in_again(browser, "1001", key);
  CHECK(browser.state().empty());
  CHECK(pbx.http.asked.size() == asked);
  CHECK(accounts->users().size() == 1);
  CHECK(accounts->users()[0].sessions == 2);
}

TEST_CASE_METHOD(
    OauthFixture,
    "a ticket with another key joins as well, and both keys lead to the newest token") {
  Device desktop;
  sign_in(desktop, "1001");
  const crypto::Secret first = key_of(desktop);
  const crypto::Secret second = RefreshBook::new_key().value();
  Device browser;
  sign_in_again(browser, "1001", second);
  CHECK(browser.state().empty());
  scheduler.advance(600s);
  for (const crypto::Secret* key : {&first, &second}) {
    REQUIRE(pbx.book.get("1001", *key));
    CHECK(pbx.renewable.contains(std::string(pbx.book.get("1001", *key)->text())));
  }
  desktop.seat.reset();
  browser.seat.reset();
  scheduler.advance(30s);
  sign_in_again(browser, "1001", second);
  CHECK(browser.state().empty());
  CHECK(pbx.wrong_at.empty());
}

TEST_CASE_METHOD(OauthFixture, "the newest of many tickets leads to the newest token") {
  Device desktop;
  sign_in(desktop, "1001");
  const crypto::Secret first = key_of(desktop);
  std::list<Device> devices;
  std::vector<crypto::Secret> keys;
  for (std::size_t i = 0; i < 2 * RefreshBook::kMostOfUser; ++i) {
    keys.push_back(RefreshBook::new_key().value());
    sign_in_again(devices.emplace_back(), "1001", keys.back());
    REQUIRE(devices.back().state().empty());
  }
  scheduler.advance(300s);
  CHECK(pbx.book.size() == RefreshBook::kMostOfUser);
  for (const crypto::Secret* key : {&first, &std::as_const(keys).back()})
    CHECK(pbx.renewable.contains(std::string(pbx.book.get("1001", *key)->text())));
  // Whoever was dropped has nothing, rather than a token that is worth nothing.
  CHECK_FALSE(pbx.book.get("1001", keys.front()));
}

TEST_CASE_METHOD(
    OauthFixture,
    "a password beside a ticket's connection: the older one goes on, with the newer tokens") {
  const crypto::Secret key = key_from_before("1001");
  Device by_ticket;
  sign_in_again(by_ticket, "1001", key);
  REQUIRE(by_ticket.state().empty());
  Device by_password;
  sign_in(by_password, "1001");
  CHECK(by_password.state().empty());
  CHECK(by_ticket.out.empty());
  CHECK(by_ticket.state().empty());
  CHECK(accounts->users().size() == 1);
  CHECK(accounts->users()[0].sessions == 2);
  CHECK(pbx.revoked == 1);  // of the older
  CHECK(pbx.by_password == 2);
  CHECK(call(by_ticket).empty());
  CHECK(call(by_password).empty());
  scheduler.advance(600s);
  CHECK(call(by_ticket).empty());
  CHECK(pbx.wrong_at.empty());
  CHECK(pbx.renewable.contains(std::string(pbx.book.get("1001", key)->text())));
  CHECK(pbx.renewable.size() == 1);
  // The same password again is known to be good.
  Device third;
  sign_in(third, "1001");
  CHECK(third.state().empty());
  CHECK(pbx.by_password == 2);
}

TEST_CASE_METHOD(OauthFixture,
                 "a password that has changed signs the older out, and ends what was kept") {
  Device old;
  sign_in(old, "1001");
  const crypto::Secret key = key_of(old);
  pbx.passwords["1001"] = "new";
  Device fresh;
  sign_in(fresh, "1001", "new");
  CHECK(fresh.state().empty());
  CHECK(old.out == codes::kSignedOut.id);
  CHECK(ended == std::vector<std::string>{"1001"});
  CHECK_FALSE(pbx.book.get("1001", key));
  CHECK(accounts->users().size() == 1);
  CHECK(accounts->users()[0].sessions == 1);
  // What is given out from now on is another key.
  CHECK_FALSE(key_of(fresh) == key);
  CHECK(call(fresh).empty());
}

TEST_CASE_METHOD(OauthFixture, "a key that was forgotten is not given out again") {
  Device device;
  sign_in(device, "1001");
  const crypto::Secret key = key_of(device);
  pbx.forget_kept("1001");
  CHECK_FALSE(pbx.book.get("1001", key));
  scheduler.advance(300s);
  CHECK(pbx.book.size() == 0);
  const crypto::Secret next = key_of(device);
  CHECK_FALSE(next == key);
  CHECK_FALSE(pbx.book.get("1001", key));
  CHECK(pbx.book.get("1001", next));
}

TEST_CASE_METHOD(OauthFixture, "a key that the book does not know costs the PBX nothing") {
  Device device;
  sign_in_again(device, "1001", crypto::Secret::from_text("unknown"));
  CHECK(device.state() == uci::codes::kSignInOver.id);
  CHECK(pbx.http.asked.empty());
  CHECK(ended == std::vector<std::string>{"1001"});
  sign_in(device, "1001");
  CHECK(device.state().empty());
}

TEST_CASE_METHOD(OauthFixture,
                 "a refused renewal at the sign-in does not mark the password as wrong") {
  const crypto::Secret key = key_from_before("1001");
  pbx.forget_tokens();
  Device device;
  sign_in_again(device, "1001", key);
  CHECK(device.state() == uci::codes::kSignInOver.id);
  CHECK(ended == std::vector<std::string>{"1001"});
  CHECK(pbx.wrong_at.size() == 1);
  sign_in_again(device, "1001", key);
  CHECK(device.state() == uci::codes::kSignInOver.id);
  CHECK(pbx.wrong_at.size() == 1);  // nothing was sent
  sign_in(device, "1001");
  CHECK(device.state().empty());
  CHECK(call(device).empty());
}

TEST_CASE_METHOD(OauthFixture,
                 "a refused renewal of one who came by a ticket says nothing of the password") {
  const crypto::Secret key = key_from_before("1001");
  Device device;
  sign_in_again(device, "1001", key);
  REQUIRE(device.state().empty());
  pbx.forget_tokens();
  scheduler.advance(120s);
  CHECK(device.out == uci::codes::kSignInOver.id);
  CHECK(pbx.wrong_at.size() <= 3);
  const std::size_t wrong = pbx.wrong_at.size();
  sign_in(device, "1001");
  CHECK(device.state().empty());
  CHECK(pbx.wrong_at.size() == wrong);
  CHECK(call(device).empty());
}

TEST_CASE_METHOD(OauthFixture,
                 "one who came by the password is not bothered by tokens that are over") {
  Device device;
  sign_in(device, "1001");
  pbx.forget_tokens();
  scheduler.advance(120s);
  CHECK(device.out.empty());
  CHECK(call(device).empty());
  CHECK(pbx.by_password == 2);
  CHECK(pbx.wrong_at.size() <= 2);
}

TEST_CASE_METHOD(OauthFixture,
                 "a token that UCI does not take says nothing of the password or the ticket") {
  const crypto::Secret key = key_from_before("1001");
  pbx.without_uci.insert("1001");
  Device device;
  sign_in(device, "1001");
  CHECK(device.state() == "oauth.token-not-taken");
  sign_in_again(device, "1001", key);
  CHECK(device.state() == "oauth.token-not-taken");
  CHECK(ended.empty());
  CHECK(pbx.by_password == 2);
  CHECK(pbx.wrong_at.size() == 2);
  pbx.without_uci.clear();
  sign_in(device, "1001");
  CHECK(device.state().empty());
}

TEST_CASE_METHOD(OauthFixture,
                 "users without the right to UCI cost no more than the guard allows") {
  for (int i = 1; i <= 30; ++i)
    pbx.without_uci.insert(name(i));
  std::list<Device> devices;
  for (int i = 1; i <= 30; ++i)
    sign_in(devices.emplace_back(), name(i));
  CHECK(pbx.most_wrong_within(600s) <= 9);
  CHECK(devices.back().state() == "session.login-paused");
}

TEST_CASE_METHOD(OauthFixture, "a wrong password is asked of the PBX once") {
  Device device;
  for (int i = 0; i < 5; ++i) {
    sign_in(device, "1001", "guess");
    CHECK(device.state() == uci::codes::kLoginRefused.id);
  }
  CHECK(pbx.by_password == 1);
  CHECK(pbx.wrong_at.size() == 1);
  sign_in(device, "1001");
  CHECK(device.state().empty());
}

// Of ten the PBX takes none any more.
constexpr std::ptrdiff_t kMost = 9;

TEST_CASE_METHOD(OauthFixture,
                 "whoever guesses, the PBX never sees more wrong passwords than allowed") {
  Device known_one;
  if (GENERATE(true, false)) sign_in(known_one, "1040");
  std::list<Device> devices;
  for (int round = 0; round < 6; ++round) {
    for (int i = 1; i <= 30; ++i)
      ask(devices.emplace_back(), name(i), "guess" + std::to_string(round));
    scheduler.advance(130s);
  }
  CHECK(pbx.most_wrong_within(600s) <= kMost);
  CHECK(pbx.most_wrong_within(600s) >= 3);
}

TEST_CASE_METHOD(
    OauthFixture,
    "however many tickets are over at once, the PBX never sees more of them than allowed") {
  std::vector<crypto::Secret> keys;
  for (int i = 1; i <= 30; ++i)
    keys.push_back(key_from_before(name(i)));
  pbx.forget_tokens();
  std::list<Device> devices;
  for (int i = 1; i <= 30; ++i)
    ask_again(devices.emplace_back(), name(i), keys[static_cast<std::size_t>(i) - 1]);
  for (int i = 31; i <= 40; ++i)
    ask(devices.emplace_back(), name(i), "guess");
  scheduler.advance(1h);
  CHECK(pbx.most_wrong_within(600s) <= kMost);
}

TEST_CASE_METHOD(
    OauthFixture,
    "when all tokens of users who are signed in end at once, the PBX never sees more of "
    "them than allowed, and who has typed the password is not asked again") {
  const bool by_tickets = GENERATE(true, false);
  std::list<Device> devices;
  for (int i = 1; i <= 30; ++i) {
    Device& device = devices.emplace_back();
    if (by_tickets) {
      const crypto::Secret key = key_from_before(name(i));
      sign_in_again(device, name(i), key);
    } else {
      sign_in(device, name(i));
    }
    REQUIRE(device.state().empty());
  }
  REQUIRE(pbx.wrong_at.empty());
  pbx.forget_tokens();
  scheduler.advance(2h);
  CHECK(pbx.most_wrong_within(600s) <= kMost);
  int which = 0;
  for (const Device& device : devices) {
    CAPTURE(++which, device.state());
    CHECK(device.out == (by_tickets ? std::string(uci::codes::kSignInOver.id) : std::string()));
  }
}

TEST_CASE_METHOD(OauthFixture, "everything may end at whatever moment of a sign-in") {
  const auto moment = GENERATE(0ms, 50ms, 150ms, 250ms, 350ms, 450ms, 550ms, 650ms, 1'000ms);
  const bool again = GENERATE(true, false);
  const crypto::Secret key = again ? key_from_before("1001") : crypto::Secret();
  Device device;
  if (again) {
    ask_again(device, "1001", key);
  } else {
    ask(device, "1001", "right");
  }
  scheduler.advance(moment);
  SECTION("the device") {
    device.waiting.reset();
    device.seat.reset();
    scheduler.advance(60s);
    CHECK(accounts->users().empty());
  }
  SECTION("the accounts") {
    device.waiting.reset();
    accounts.reset();
    device.seat.reset();
    scheduler.advance(60s);
  }
  SECTION("the agent, in order") {
    int times = 0;
    accounts->sign_out_all({codes::kSignedOut, "the agent stops", {}}, [&times] { ++times; });
    scheduler.advance(60s);
    CHECK(times == 1);
    CHECK(device.state() != "");
  }
}

}  // namespace
}  // namespace sfteams::agent
