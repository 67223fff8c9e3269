// The desk by itself, with answers at moments that the test chooses.

#include "agent/guard/token_desk.h"

#include <catch2/catch.hpp>

#include "agent/guard/token_desk_gate.h"
#include "tests/fake_scheduler.h"

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;
using sfteams::test::FakeScheduler;
using Use = uci::TokenGate::Use;
using Leave = uci::TokenGate::Leave;
using uci::TokenAnswer;
using uci::TokenSign;

constexpr auto kUnderWay = 8s;   ///< of a call, from when it is sent to its answer
constexpr auto kUncounted = 7s;  ///< from that answer until the doubt is counted

struct TokenDeskFixture {
  FakeScheduler scheduler;
  LoginGuard guard{{}, crypto::Secret(32)};
  TokenDesk desk{scheduler, guard, [](const auto&) {}, [] {}};
  std::unique_ptr<TokenDesk::Gate> gate =
      desk.gate("1001", guard.fingerprint("1001", crypto::Secret::from_text("right")));

  TokenDeskFixture() { settle(Use::login, TokenSign::good); }
  [[nodiscard]] std::unique_ptr<Leave> send(Use use) {
    auto leave = gate->take(use);
    REQUIRE(leave);
    return leave;
  }
  void settle(Use use, TokenSign sign) {
    send(use)->settle({.sign = sign, .shape = {.rank = uci::AnswerShape::Rank::rpc, .hash = 1}});
  }
  /// A call whose answer, after kUnderWay, leaves it open whether the PBX has counted its token.
  void doubtful_call(TokenSign sign) {
    const auto call = send(Use::call);
    scheduler.advance(kUnderWay);
    call->settle({.sign = sign, .shape = {.rank = uci::AnswerShape::Rank::rpc, .hash = 1}});
    REQUIRE(guard.failures(scheduler.now()) == 0);
  }
  /// The failures that are counted `since` the doubtful answer, kUncounted of which have gone by.
  std::size_t failures_after(transport::Duration since) {
    scheduler.advance(since - kUncounted);
    return guard.failures(scheduler.now());
  }
};

TEST_CASE_METHOD(TokenDeskFixture,
                 "a doubtful call counts for one window from when it was answered") {
  // Neither from when it was sent, before the PBX can have counted it, nor from when it is known
  // that it has to be counted.
  const auto window = guard.limits().window;
  doubtful_call(GENERATE(TokenSign::refused, TokenSign::no_login, TokenSign::odd));
  scheduler.advance(kUncounted);
  SECTION("the user leaves before anybody has asked whether the token still holds") {
    gate.reset();
    REQUIRE(guard.failures(scheduler.now()) == 1);
    SECTION("just before the window's end") {
      CHECK(failures_after(window - 1ms) == 1);
    }
    SECTION("at the window's end") {
      CHECK(failures_after(window) == 0);
    }
  }
  SECTION("a keepAlive is refused, which counts from its own answer") {
    settle(Use::keep_alive, TokenSign::refused);
    REQUIRE(guard.failures(scheduler.now()) == 2);
    SECTION("just before the window's end") {
      CHECK(failures_after(window - 1ms) == 2);
    }
    SECTION("at the window's end") {
      CHECK(failures_after(window) == 1);
    }
  }
}

TEST_CASE_METHOD(TokenDeskFixture, "calls in doubt count together from the first doubtful answer") {
  const auto window = guard.limits().window;
  const auto first = send(Use::call);
  const auto second = send(Use::call);
  scheduler.advance(kUnderWay);
  const TokenAnswer refused{.sign = TokenSign::refused,
                            .shape = {.rank = uci::AnswerShape::Rank::rpc, .hash = 1}};
  first->settle(refused);
  scheduler.advance(kUncounted);
  second->settle(refused);
  gate.reset();
  REQUIRE(guard.failures(scheduler.now()) == 2);
  SECTION("just before the window's end") {
    CHECK(failures_after(window - 1ms) == 2);
  }
  SECTION("at the window's end") {
    CHECK(failures_after(window) == 0);
  }
}

TEST_CASE_METHOD(TokenDeskFixture, "a call that is given up counts from then") {
  const auto window = guard.limits().window;
  {
    const auto call = send(Use::call);
    scheduler.advance(kUnderWay);
  }
  scheduler.advance(kUncounted);
  gate.reset();
  REQUIRE(guard.failures(scheduler.now()) == 1);
  SECTION("just before the window's end") {
    CHECK(failures_after(window - 1ms) == 1);
  }
  SECTION("at the window's end") {
    CHECK(failures_after(window) == 0);
  }
}

TEST_CASE_METHOD(TokenDeskFixture,
                 "a good logout ends the user's calls in doubt once and for all") {
  auto other = desk.gate("1002", guard.fingerprint("1002", crypto::Secret::from_text("right")));
  const auto send_other = [&other](Use use) {
    auto leave = other->take(use);
    REQUIRE(leave);
    return leave;
  };
  const TokenAnswer good{.sign = TokenSign::good};
  const TokenAnswer odd{.sign = TokenSign::odd};
  send_other(Use::login)->settle(good);
  const auto call = send(Use::call);
  const auto logout = send(Use::logout);
  const auto first = send_other(Use::call);
  const auto second = send_other(Use::call);
  call->settle(odd);
  logout->settle(good);
  // Of the calls that broke off together, these are more, but nothing is left of the first one's.
  first->settle(odd);
  second->settle(odd);
  gate.reset();
  CHECK(guard.failures(scheduler.now()) <= 2);
  other.reset();
  CHECK(guard.failures(scheduler.now()) == 2);
}

}  // namespace
}  // namespace sfteams::agent
