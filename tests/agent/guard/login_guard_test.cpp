#include "agent/guard/login_guard.h"

#include <optional>

#include <catch2/catch.hpp>

#include "agent/guard/codes.h"
#include "tests/contains.h"
#include "uci/codes.h"

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;
using Outcome = LoginGuard::Outcome;
using Standing = LoginGuard::Standing;
using transport::TimePoint;

constexpr TimePoint kStart{};

struct LoginGuardFixture {
  bool anybody_proven = false;
  LoginGuard guard{{}, crypto::Secret(32), {}, [this] { return anybody_proven; }};

  [[nodiscard]] LoginGuard::Fingerprint print(const std::string& user,
                                              const std::string& password) const {
    return guard.fingerprint(user, crypto::Secret::from_text(password));
  }

  /// Nothing when the login may go to the PBX (where it ends in `outcome`), otherwise why not.
  std::optional<Error> login(const std::string& user, const std::string& password, TimePoint now,
                             Outcome outcome, Standing standing = Standing::unproven) {
    Result<LoginGuard::Attempt> attempt = guard.begin(user, print(user, password), now, standing);
    if (!attempt) return attempt.error();
    guard.finish(*attempt, outcome, now);
    return std::nullopt;
  }
};

TEST_CASE_METHOD(LoginGuardFixture,
                 "a password that the PBX refused is refused without asking it again") {
  CHECK_FALSE(login("123", "wrong", kStart, Outcome::refused));
  const auto again = login("123", "wrong", kStart + 599s, Outcome::refused);
  REQUIRE(again);
  CHECK(again->code == uci::codes::kLoginRefused);
  CHECK(contains(again->hint, "1 s"));
  CHECK(guard.failures(kStart + 599s) == 1);
}

TEST_CASE_METHOD(LoginGuardFixture,
                 "another password, and the same one of another user, go to the PBX") {
  CHECK_FALSE(login("123", "wrong", kStart, Outcome::refused));
  CHECK_FALSE(login("123", "right", kStart, Outcome::accepted));
  CHECK_FALSE(login("124", "wrong", kStart, Outcome::accepted));
}

TEST_CASE_METHOD(LoginGuardFixture, "user and password cannot be shifted into each other") {
  CHECK_FALSE(login("12", "3wrong", kStart, Outcome::refused));
  CHECK_FALSE(login("123", "wrong", kStart, Outcome::accepted));
}

TEST_CASE_METHOD(LoginGuardFixture,
                 "the same wrong password is remembered twice as long each time") {
  CHECK_FALSE(login("123", "wrong", kStart, Outcome::refused));
  CHECK_FALSE(login("123", "wrong", kStart + 600s, Outcome::refused));
  CHECK(login("123", "wrong", kStart + 1799s, Outcome::refused));
  CHECK_FALSE(login("123", "wrong", kStart + 1800s, Outcome::refused));
  CHECK(login("123", "wrong", kStart + 4199s, Outcome::refused));
  CHECK_FALSE(login("123", "wrong", kStart + 4200s, Outcome::refused));
}

TEST_CASE_METHOD(LoginGuardFixture, "a password that has become right is forgotten as wrong") {
  CHECK_FALSE(login("123", "new", kStart, Outcome::refused));
  CHECK_FALSE(login("123", "new", kStart + 600s, Outcome::accepted));
  CHECK_FALSE(login("123", "new", kStart + 601s, Outcome::refused));
  CHECK(login("123", "new", kStart + 1200s, Outcome::refused));
  CHECK_FALSE(login("123", "new", kStart + 1201s, Outcome::refused));
}

TEST_CASE_METHOD(LoginGuardFixture, "after three failures a user has to wait, others need not") {
  for (const char* password : {"a", "b", "c"}) {
    CHECK_FALSE(login("123", password, kStart, Outcome::refused));
  }
  const auto paused = login("123", "right", kStart + 10s, Outcome::accepted);
  REQUIRE(paused);
  CHECK(paused->code == codes::kLoginPaused);
  CHECK(paused->hint == "try again in 10 min");
  CHECK(paused->retry_after == 590s);
  CHECK_FALSE(login("124", "right", kStart + 10s, Outcome::accepted));
  CHECK_FALSE(login("123", "right", kStart + 600s, Outcome::accepted));
}

TEST_CASE_METHOD(LoginGuardFixture, "after eight failures of anybody, everybody has to wait") {
  for (int user = 0; user < 8; ++user) {
    CHECK_FALSE(login(std::to_string(user), "wrong", kStart + std::chrono::seconds(user),
                      Outcome::refused));
  }
  const auto paused = login("99", "right", kStart + 550s, Outcome::accepted);
  REQUIRE(paused);
  CHECK(paused->code == codes::kLoginPaused);
  CHECK(paused->hint == "try again in 50 s");
  CHECK(paused->retry_after == 50s);
  CHECK_FALSE(login("99", "right", kStart + 600s, Outcome::accepted));
}

TEST_CASE_METHOD(LoginGuardFixture, "logins under way count as failures until their end is known") {
  std::vector<LoginGuard::Attempt> under_way;
  for (int user = 0; user < 8; ++user) {
    auto attempt = guard.begin(std::to_string(user), print(std::to_string(user), "x"), kStart);
    REQUIRE(attempt);
    under_way.push_back(std::move(*attempt));
  }
  CHECK_FALSE(guard.begin("9", print("9", "x"), kStart));
  guard.finish(under_way[3], Outcome::accepted, kStart);
  CHECK(guard.begin("9", print("9", "x"), kStart));
}

TEST_CASE_METHOD(LoginGuardFixture, "a login under way does not grow old") {
  auto attempt = guard.begin("1", print("1", "x"), kStart);
  REQUIRE(attempt);
  CHECK(guard.failures(kStart + 3600s) == 1);
  guard.finish(*attempt, Outcome::refused, kStart + 3600s);
  CHECK(guard.failures(kStart + 4199s) == 1);
  CHECK(guard.failures(kStart + 4200s) == 0);
}

TEST_CASE_METHOD(LoginGuardFixture, "a PBX that was not reached costs nothing") {
  for (int i = 0; i < 20; ++i)
    CHECK_FALSE(login("123", "x", kStart, Outcome::not_reached));
  CHECK(guard.failures(kStart) == 0);
}

TEST_CASE_METHOD(LoginGuardFixture,
                 "a login whose end is unknown counts for its user and for all") {
  for (int i = 0; i < 3; ++i)
    CHECK_FALSE(login("123", std::to_string(i), kStart, Outcome::unknown));
  CHECK(login("123", "x", kStart, Outcome::accepted)->code == codes::kLoginPaused);
  CHECK(guard.failures(kStart) == 3);
  CHECK_FALSE(login("124", "right", kStart, Outcome::accepted));
  for (int user = 0; user < 5; ++user)
    CHECK_FALSE(login(std::to_string(user), "x", kStart, Outcome::unknown));
  CHECK(login("124", "right", kStart, Outcome::accepted)->code == codes::kLoginPaused);
  CHECK_FALSE(login("123", "x", kStart + 600s, Outcome::accepted));
}

TEST_CASE_METHOD(LoginGuardFixture,
                 "a token that turns out to be good takes back what was unknown of it") {
  CHECK_FALSE(login("123", "right", kStart, Outcome::unknown));
  CHECK_FALSE(login("123", "wrong", kStart, Outcome::refused));
  CHECK_FALSE(login("124", "other", kStart, Outcome::unknown));
  CHECK(guard.failures(kStart) == 3);
  CHECK_FALSE(login("123", "right", kStart, Outcome::accepted));
  CHECK(guard.failures(kStart) == 2);
}

TEST_CASE_METHOD(LoginGuardFixture,
                 "what ended while the PBX was unwell is taken back once it is well") {
  using Rank = uci::AnswerShape::Rank;
  const uci::AnswerShape starting{Rank::web, 1};
  const uci::AnswerShape well{Rank::judgement, 2};
  auto first = guard.begin("1", print("1", "a"), kStart);
  guard.finish(*first, Outcome::unknown, kStart, {starting});
  const auto second = guard.count("2", print("2", "b"), 1, kStart);
  guard.keep(second, 1, kStart);
  guard.note_pbx(second, well);
  CHECK_FALSE(login("3", "c", kStart, Outcome::refused));
  CHECK(guard.failures(kStart) == 3);
  guard.release_unlike(well);
  CHECK(guard.failures(kStart) == 2);
}

TEST_CASE_METHOD(LoginGuardFixture,
                 "while somebody is signed in a third is kept for changed passwords") {
  guard.set_signed_in(1);
  for (int user = 0; user < 5; ++user)
    CHECK_FALSE(login(std::to_string(user), "wrong", kStart, Outcome::refused));
  CHECK(login("7", "wrong", kStart, Outcome::refused)->code == codes::kLoginPaused);
  guard.set_signed_in(0);
  CHECK_FALSE(login("7", "wrong", kStart, Outcome::refused));
}

TEST_CASE_METHOD(LoginGuardFixture,
                 "calls of a user who may have another password by now leave room") {
  for (int user = 0; user < 5; ++user)
    CHECK_FALSE(login(std::to_string(user), "wrong", kStart, Outcome::refused));
  guard.set_calls(4);
  CHECK(guard.may_fit_later("7"));
  CHECK(login("7", "wrong", kStart, Outcome::refused)->code == codes::kLoginPaused);
  guard.set_calls(3);
  CHECK_FALSE(login("7", "wrong", kStart, Outcome::refused));
}

TEST_CASE_METHOD(LoginGuardFixture,
                 "a password that the PBX takes no longer is known to be wrong at once") {
  guard.keep(guard.count("123", print("123", "old"), 1, kStart), 1, kStart);
  guard.refused_later(print("123", "old"), kStart);
  CHECK(login("123", "old", kStart, Outcome::accepted)->code == uci::codes::kLoginRefused);
  CHECK(guard.failures(kStart) == 1);
  CHECK_FALSE(login("123", "new", kStart, Outcome::accepted));
}

struct Shares {
  std::size_t failures;
  bool signed_in;
  std::size_t unproven;
  std::size_t sign_ins;
};

// The table of docs/uci.md.
TEST_CASE("passwords that were never right have a share, proven ones the rest of what is there") {
  const Shares shares = GENERATE(values<Shares>({{8, false, 4, 8},
                                                 {8, true, 3, 5},
                                                 {12, false, 6, 12},
                                                 {12, true, 4, 8},
                                                 {1, false, 1, 1},
                                                 {2, true, 1, 2},
                                                 {3, true, 1, 2}}));
  CAPTURE(shares.failures, shares.signed_in);
  LoginGuard guard({.failures = shares.failures}, crypto::Secret(32), {}, [] { return true; });
  guard.set_signed_in(shares.signed_in ? 1 : 0);
  int user = 0;
  const auto fails = [&](Standing standing) {
    const std::string name = std::to_string(++user);
    const auto print = guard.fingerprint(name, crypto::Secret::from_text("x"));
    auto attempt = guard.begin(name, print, kStart, standing);
    if (attempt) guard.finish(*attempt, Outcome::refused, kStart);
    return attempt.has_value();
  };
  const auto most = [&](Standing standing) {
    std::size_t passed = 0;
    while (fails(standing))
      ++passed;
    return passed;
  };
  SECTION("names that are made up use up their share only") {
    CHECK(most(Standing::unproven) == shares.unproven);
    CHECK(guard.would_pass_proven("x", kStart) == (shares.sign_ins > shares.unproven));
    CHECK_FALSE(guard.may_fit_later("x"));
    CHECK(guard.may_fit_later("x", Standing::proven) == (shares.sign_ins > shares.unproven));
    CHECK(most(Standing::proven) == shares.sign_ins - shares.unproven);
    CHECK_FALSE(guard.would_pass_proven("x", kStart));
  }
  SECTION("proven ones may use all that sign-ins have, and then nobody passes") {
    CHECK(most(Standing::proven) == shares.sign_ins);
    CHECK(most(Standing::unproven) == 0);
  }
}

TEST_CASE_METHOD(LoginGuardFixture, "while nobody is proven there is nobody to keep anything for") {
  for (int user = 0; user < 8; ++user)
    CHECK_FALSE(login(std::to_string(user), "wrong", kStart, Outcome::refused));
  CHECK(login("9", "right", kStart, Outcome::accepted)->code == codes::kLoginPaused);
  CHECK_FALSE(guard.would_pass_proven("9", kStart));
}

TEST_CASE_METHOD(LoginGuardFixture,
                 "the share is kept from the moment that somebody is proven, and no longer") {
  for (int user = 0; user < 4; ++user)
    CHECK_FALSE(login(std::to_string(user), "wrong", kStart, Outcome::refused));
  anybody_proven = true;
  CHECK(login("9", "right", kStart, Outcome::accepted)->code == codes::kLoginPaused);
  CHECK(guard.holds_back(Standing::unproven));
  CHECK(guard.would_pass_proven("9", kStart));
  anybody_proven = false;
  CHECK_FALSE(guard.holds_back(Standing::unproven));
  CHECK_FALSE(login("9", "right", kStart, Outcome::accepted));
}

TEST_CASE_METHOD(LoginGuardFixture,
                 "who has to wait for the share hears for how long, and what it may be") {
  anybody_proven = true;
  for (int user = 0; user < 4; ++user) {
    CHECK_FALSE(login(std::to_string(user), "wrong", kStart + std::chrono::seconds(10 * user),
                      Outcome::refused));
  }
  const auto paused = login("9", "right", kStart + 100s, Outcome::accepted);
  REQUIRE(paused);
  CHECK(paused->code == codes::kLoginPaused);
  CHECK(paused->hint.starts_with("try again in 9 min; if this goes on"));
  CHECK(contains(paused->hint, "key file"));
  CHECK_FALSE(login("9", "right", kStart + 600s, Outcome::accepted));
}

TEST_CASE_METHOD(LoginGuardFixture,
                 "a proven user has a limit as well, and a wrong password stays known") {
  anybody_proven = true;
  for (const char* password : {"a", "b", "c"})
    CHECK_FALSE(login("123", password, kStart, Outcome::refused, Standing::proven));
  CHECK(login("123", "a", kStart, Outcome::accepted, Standing::proven)->code ==
        uci::codes::kLoginRefused);
  CHECK(login("123", "d", kStart, Outcome::accepted, Standing::proven)->code ==
        codes::kLoginPaused);
}

TEST_CASE_METHOD(LoginGuardFixture,
                 "failures from before a restart count as those of made-up names") {
  anybody_proven = true;
  guard.restore({.failed = {kStart, kStart + 10s, kStart + 20s, kStart + 30s}}, kStart + 60s);
  CHECK(login("9", "x", kStart + 60s, Outcome::accepted)->code == codes::kLoginPaused);
  CHECK_FALSE(login("9", "x", kStart + 60s, Outcome::accepted, Standing::proven));
}

TEST_CASE_METHOD(
    LoginGuardFixture,
    "with another judge only wrong passwords are forgotten, and nothing is taken back") {
  CHECK_FALSE(login("1", "a", kStart, Outcome::refused));
  CHECK_FALSE(login("2", "b", kStart, Outcome::unknown));
  const uci::AnswerShape page{.rank = uci::AnswerShape::Rank::failure};
  auto attempt = guard.begin("3", print("3", "c"), kStart);
  REQUIRE(attempt);
  guard.finish(*attempt, Outcome::unknown, kStart, {page});
  guard.judge_changed();
  CHECK(guard.failures(kStart) == 3);
  // The token is another one now, and so is the PBX's answer.
  for (const auto& [user, password] : {std::pair("1", "a"), std::pair("2", "b")})
    CHECK_FALSE(login(user, password, kStart, Outcome::accepted));
  guard.release_unlike({});
  CHECK_FALSE(guard.may_be_released());
  CHECK(guard.failures(kStart) == 3);
  CHECK(guard.failures(kStart + 600s) == 0);
}

TEST_CASE_METHOD(LoginGuardFixture, "no message shows the user or the password") {
  for (const char* password : {"S3cret", "b", "c"}) {
    CHECK_FALSE(login("Somebody", password, kStart, Outcome::refused));
  }
  for (const char* password : {"S3cret", "d"}) {
    const auto error = login("Somebody", password, kStart, Outcome::refused);
    REQUIRE(error);
    CHECK_FALSE(contains(describe(*error), "S3cret"));
    CHECK_FALSE(contains(describe(*error), "Somebody"));
  }
}

}  // namespace
}  // namespace sfteams::agent
