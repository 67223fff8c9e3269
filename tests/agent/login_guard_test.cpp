#include "agent/login_guard.h"

#include <optional>

#include <catch2/catch.hpp>

#include "agent/codes.h"
#include "uci/codes.h"

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;
using Outcome = LoginGuard::Outcome;
using transport::TimePoint;

constexpr TimePoint kStart{};

struct Fixture {
  LoginGuard guard{{}, crypto::Secret(32)};

  [[nodiscard]] LoginGuard::Fingerprint print(const std::string& user,
                                              const std::string& password) const {
    return guard.fingerprint(user, crypto::Secret::from_text(password));
  }

  /// Nothing when the login may go to the PBX (where it ends in `outcome`), otherwise why not.
  std::optional<Error> login(const std::string& user, const std::string& password, TimePoint now,
                             Outcome outcome) {
    Result<LoginGuard::Attempt> attempt = guard.begin(user, print(user, password), now);
    if (!attempt) return attempt.error();
    guard.finish(*attempt, outcome, now);
    return std::nullopt;
  }
};

TEST_CASE_METHOD(Fixture, "a password that the PBX refused is refused without asking it again") {
  CHECK_FALSE(login("123", "wrong", kStart, Outcome::refused));
  const auto again = login("123", "wrong", kStart + 599s, Outcome::refused);
  REQUIRE(again);
  CHECK(again->code == uci::codes::kLoginRefused);
  CHECK(again->hint.find("1 s") != std::string::npos);
  CHECK(guard.failures(kStart + 599s) == 1);
}

TEST_CASE_METHOD(Fixture, "another password, and the same one of another user, go to the PBX") {
  CHECK_FALSE(login("123", "wrong", kStart, Outcome::refused));
  CHECK_FALSE(login("123", "right", kStart, Outcome::accepted));
  CHECK_FALSE(login("124", "wrong", kStart, Outcome::accepted));
}

TEST_CASE_METHOD(Fixture, "user and password cannot be shifted into each other") {
  CHECK_FALSE(login("12", "3wrong", kStart, Outcome::refused));
  CHECK_FALSE(login("123", "wrong", kStart, Outcome::accepted));
}

TEST_CASE_METHOD(Fixture, "the same wrong password is remembered twice as long each time") {
  CHECK_FALSE(login("123", "wrong", kStart, Outcome::refused));
  CHECK_FALSE(login("123", "wrong", kStart + 600s, Outcome::refused));
  CHECK(login("123", "wrong", kStart + 1799s, Outcome::refused));
  CHECK_FALSE(login("123", "wrong", kStart + 1800s, Outcome::refused));
  CHECK(login("123", "wrong", kStart + 4199s, Outcome::refused));
  CHECK_FALSE(login("123", "wrong", kStart + 4200s, Outcome::refused));
}

TEST_CASE_METHOD(Fixture, "a password that has become right is forgotten as wrong") {
  CHECK_FALSE(login("123", "new", kStart, Outcome::refused));
  CHECK_FALSE(login("123", "new", kStart + 600s, Outcome::accepted));
  CHECK_FALSE(login("123", "new", kStart + 601s, Outcome::refused));
  CHECK(login("123", "new", kStart + 1200s, Outcome::refused));
  CHECK_FALSE(login("123", "new", kStart + 1201s, Outcome::refused));
}

TEST_CASE_METHOD(Fixture, "after three failures a user has to wait, others need not") {
  for (const char* password : {"a", "b", "c"}) {
    CHECK_FALSE(login("123", password, kStart, Outcome::refused));
  }
  const auto paused = login("123", "right", kStart + 10s, Outcome::accepted);
  REQUIRE(paused);
  CHECK(paused->code == codes::kLoginPaused);
  CHECK(paused->hint == "try again in 10 min");
  CHECK_FALSE(login("124", "right", kStart + 10s, Outcome::accepted));
  CHECK_FALSE(login("123", "right", kStart + 600s, Outcome::accepted));
}

TEST_CASE_METHOD(Fixture, "after eight failures of anybody, everybody has to wait") {
  for (int user = 0; user < 8; ++user) {
    CHECK_FALSE(login(std::to_string(user), "wrong", kStart + std::chrono::seconds(user),
                      Outcome::refused));
  }
  const auto paused = login("99", "right", kStart + 550s, Outcome::accepted);
  REQUIRE(paused);
  CHECK(paused->code == codes::kLoginPaused);
  CHECK(paused->hint == "try again in 50 s");
  CHECK_FALSE(login("99", "right", kStart + 600s, Outcome::accepted));
}

TEST_CASE_METHOD(Fixture, "logins under way count as failures until their end is known") {
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

TEST_CASE_METHOD(Fixture, "a login under way does not grow old") {
  auto attempt = guard.begin("1", print("1", "x"), kStart);
  REQUIRE(attempt);
  CHECK(guard.failures(kStart + 3600s) == 1);
  guard.finish(*attempt, Outcome::refused, kStart + 3600s);
  CHECK(guard.failures(kStart + 4199s) == 1);
  CHECK(guard.failures(kStart + 4200s) == 0);
}

TEST_CASE_METHOD(Fixture, "a PBX that was not reached costs nothing") {
  for (int i = 0; i < 20; ++i)
    CHECK_FALSE(login("123", "x", kStart, Outcome::not_reached));
  CHECK(guard.failures(kStart) == 0);
}

TEST_CASE_METHOD(Fixture, "a login whose end is unknown counts for its user and for all") {
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

TEST_CASE_METHOD(Fixture, "a token that turns out to be good takes back what was unknown of it") {
  CHECK_FALSE(login("123", "right", kStart, Outcome::unknown));
  CHECK_FALSE(login("123", "wrong", kStart, Outcome::refused));
  CHECK_FALSE(login("124", "other", kStart, Outcome::unknown));
  CHECK(guard.failures(kStart) == 3);
  CHECK_FALSE(login("123", "right", kStart, Outcome::accepted));
  CHECK(guard.failures(kStart) == 2);
}

TEST_CASE_METHOD(Fixture, "what ended while the PBX was unwell is taken back once it is well") {
  using Rank = uci::AnswerShape::Rank;
  const uci::AnswerShape starting{Rank::web, 1};
  const uci::AnswerShape well{Rank::judgement, 2};
  auto first = guard.begin("1", print("1", "a"), kStart);
  guard.finish(*first, Outcome::unknown, kStart, starting);
  const auto second = guard.count("2", print("2", "b"), 1, kStart);
  guard.keep(second, 1, kStart);
  guard.note_pbx(second, well);
  CHECK_FALSE(login("3", "c", kStart, Outcome::refused));
  CHECK(guard.failures(kStart) == 3);
  SECTION("known by its usual answer") {
    guard.release_unlike(well);
    CHECK(guard.failures(kStart) == 2);
  }
  SECTION("or seen to be more than before") {
    guard.release_below(Rank::judgement);
    CHECK(guard.failures(kStart) == 2);
  }
}

TEST_CASE_METHOD(Fixture, "while somebody is signed in a third is kept for changed passwords") {
  guard.set_signed_in(1);
  for (int user = 0; user < 5; ++user)
    CHECK_FALSE(login(std::to_string(user), "wrong", kStart, Outcome::refused));
  CHECK(login("7", "wrong", kStart, Outcome::refused)->code == codes::kLoginPaused);
  guard.set_signed_in(0);
  CHECK_FALSE(login("7", "wrong", kStart, Outcome::refused));
}

TEST_CASE_METHOD(Fixture, "calls of a user who may have another password by now leave room") {
  for (int user = 0; user < 5; ++user)
    CHECK_FALSE(login(std::to_string(user), "wrong", kStart, Outcome::refused));
  guard.set_calls(4);
  CHECK(guard.may_fit_later("7"));
  CHECK(login("7", "wrong", kStart, Outcome::refused)->code == codes::kLoginPaused);
  guard.set_calls(3);
  CHECK_FALSE(login("7", "wrong", kStart, Outcome::refused));
}

TEST_CASE_METHOD(Fixture, "a password that the PBX takes no longer is known to be wrong at once") {
  guard.keep(guard.count("123", print("123", "old"), 1, kStart), 1, kStart);
  guard.refused_later(print("123", "old"), kStart);
  CHECK(login("123", "old", kStart, Outcome::accepted)->code == uci::codes::kLoginRefused);
  CHECK(guard.failures(kStart) == 1);
  CHECK_FALSE(login("123", "new", kStart, Outcome::accepted));
}

TEST_CASE_METHOD(Fixture, "no message shows the user or the password") {
  for (const char* password : {"S3cret", "b", "c"}) {
    CHECK_FALSE(login("Somebody", password, kStart, Outcome::refused));
  }
  for (const char* password : {"S3cret", "d"}) {
    const auto error = login("Somebody", password, kStart, Outcome::refused);
    REQUIRE(error);
    CHECK(describe(*error).find("S3cret") == std::string::npos);
    CHECK(describe(*error).find("Somebody") == std::string::npos);
  }
}

TEST_CASE("the memory of wrong passwords is bounded") {
  LoginGuard guard({.failures = 100, .failures_per_user = 100, .remembered = 2},
                   crypto::Secret(32));
  const auto print = [&](const std::string& password) {
    return guard.fingerprint("1", crypto::Secret::from_text(password));
  };
  for (int i = 0; i < 3; ++i) {
    auto attempt = guard.begin("1", print(std::to_string(i)), kStart + std::chrono::seconds(i));
    REQUIRE(attempt);
    guard.finish(*attempt, Outcome::refused, kStart + std::chrono::seconds(i));
  }
  CHECK(guard.begin("1", print("0"), kStart + 5s));
  CHECK_FALSE(guard.begin("1", print("1"), kStart + 5s));
  CHECK_FALSE(guard.begin("1", print("2"), kStart + 5s));
}

}  // namespace
}  // namespace sfteams::agent
