#include "agent/guard/sign_in_check.h"

#include <catch2/catch.hpp>

#include "agent/guard/codes.h"
#include "tests/fake_scheduler.h"
#include "uci/codes.h"

namespace sfteams::agent {
namespace {

using namespace std::chrono_literals;
using Outcome = LoginGuard::Outcome;
using Progress = SignInCheck::Progress;
using Standing = LoginGuard::Standing;

struct Fixture {
  sfteams::test::FakeScheduler scheduler;
  LoginGuard guard{{}, crypto::Secret(32), {}, [this] { return known.size() > 0; }};
  KnownUsers known{{scheduler, {}, crypto::Secret(32), "the PBX"}};
  SignInCheck check{guard, &known};

  template <typename Use>
  auto with(const std::string& user, const std::string& password, Use use) {
    const crypto::Secret secret = crypto::Secret::from_text(password);
    const auto fingerprint = check.fingerprint(user, secret);
    return use(SignInCheck::Credentials{user, secret, fingerprint});
  }
  /// "" when the login may go to the PBX, where it ends in `outcome`, or the code of why not.
  std::string login(const std::string& user, const std::string& password, Outcome outcome,
                    Progress& progress) {
    return with(user, password, [&](const SignInCheck::Credentials& credentials) {
      const auto attempt = check.begin(credentials, progress, scheduler.now());
      if (!attempt) return std::string(attempt.error().code.id);
      check.finish(*attempt, credentials, outcome, {}, scheduler.now());
      return std::string();
    });
  }
  std::string login(const std::string& user, const std::string& password, Outcome outcome) {
    Progress progress;
    return login(user, password, outcome, progress);
  }
  /// Anna is known, and strangers have used up what passwords that were never right have.
  void use_up_unproven() {
    CHECK(login("anna", "right", Outcome::accepted).empty());
    for (int i = 0; i < 4; ++i)
      CHECK(login("made-up-" + std::to_string(i), "guess", Outcome::refused).empty());
    CHECK(check.holds_back_unproven());
  }
};

TEST_CASE_METHOD(Fixture, "a known user passes beside strangers who have used up their share") {
  use_up_unproven();
  Progress progress;
  CHECK(login("ben", "right", Outcome::accepted, progress) == codes::kLoginPaused.id);
  CHECK(progress.standing == Standing::unproven);
  CHECK_FALSE(check.may_pass_later("ben", progress));
  Progress annas;
  CHECK(login("anna", "right", Outcome::accepted, annas).empty());
  CHECK(annas.standing == Standing::proven);
  CHECK(login("anna", "another", Outcome::accepted) == codes::kLoginPaused.id);
}

TEST_CASE_METHOD(Fixture, "nobody's password is looked at while there is room for any") {
  CHECK(login("anna", "right", Outcome::accepted).empty());
  Progress progress;
  CHECK(login("anna", "another", Outcome::not_reached, progress).empty());
  CHECK_FALSE(progress.standing);
}

TEST_CASE_METHOD(Fixture,
                 "a password is looked at once, and later when there were too many looks") {
  use_up_unproven();
  const std::size_t looks = KnownUsers::Limits().checks_at_once;
  for (std::size_t i = 0; i < looks; ++i)
    CHECK(login("anna-" + std::to_string(i), "guess", Outcome::refused) == codes::kLoginPaused.id);
  Progress progress;
  CHECK(login("ben", "guess", Outcome::refused, progress) == codes::kLoginPaused.id);
  CHECK(progress.to_be_checked);
  CHECK(check.may_pass_later("ben", progress));
  const auto wait = check.until_next_check();
  CHECK(wait > 0ms);
  CHECK(wait <= KnownUsers::kCheckPause);
  scheduler.advance(wait);
  CHECK(login("ben", "guess", Outcome::refused, progress) == codes::kLoginPaused.id);
  CHECK_FALSE(progress.to_be_checked);
  CHECK(progress.standing == Standing::unproven);
  // Looked at, so that the next look is another one's.
  scheduler.advance(KnownUsers::kCheckPause);
  CHECK(login("ben", "guess", Outcome::refused, progress) == codes::kLoginPaused.id);
  CHECK(login("anna-x", "guess", Outcome::refused) == codes::kLoginPaused.id);
  Progress next;
  CHECK(login("carl", "guess", Outcome::refused, next) == codes::kLoginPaused.id);
  CHECK(next.to_be_checked);
}

TEST_CASE_METHOD(Fixture, "the end of a sign-in is remembered by both") {
  const auto proven = [this] {
    return with("anna", "right", [this](const auto& who) { return check.is_proven(who); });
  };
  CHECK_FALSE(proven());
  CHECK(login("anna", "right", Outcome::unknown).empty());
  CHECK_FALSE(proven());
  CHECK(guard.failures(scheduler.now()) == 1);
  CHECK(login("anna", "right", Outcome::accepted).empty());
  CHECK(proven());
  CHECK(guard.failures(scheduler.now()) == 0);
  SECTION("refused: another one") {
    CHECK(login("anna", "another", Outcome::refused).empty());
    CHECK(proven());
  }
  SECTION("refused: that one") {
    CHECK(login("anna", "right", Outcome::refused).empty());
    CHECK_FALSE(proven());
    CHECK(login("anna", "right", Outcome::accepted) == uci::codes::kLoginRefused.id);
  }
  SECTION("taken no longer") {
    with("anna", "right",
         [this](const auto& who) { check.taken_no_longer(who.user, who.fingerprint); });
    CHECK_FALSE(proven());
    CHECK(known.size() == 0);
  }
}

TEST_CASE_METHOD(Fixture, "a sign-in of which nothing was sent costs nothing") {
  with("anna", "right", [this](const auto& who) {
    Progress progress;
    const auto attempt = check.begin(who, progress, scheduler.now());
    REQUIRE(attempt);
    CHECK(guard.failures(scheduler.now()) == 1);
    check.give_up(*attempt, scheduler.now());
  });
  CHECK(guard.failures(scheduler.now()) == 0);
}

TEST_CASE("without known users every password is unproven, and none is kept") {
  sfteams::test::FakeScheduler scheduler;
  LoginGuard guard({}, crypto::Secret(32));
  SignInCheck check(guard, nullptr);
  const crypto::Secret password = crypto::Secret::from_text("right");
  const auto fingerprint = check.fingerprint("anna", password);
  const SignInCheck::Credentials anna{"anna", password, fingerprint};
  Progress progress;
  const auto attempt = check.begin(anna, progress, scheduler.now());
  REQUIRE(attempt);
  check.finish(*attempt, anna, Outcome::accepted, {}, scheduler.now());
  CHECK_FALSE(check.is_proven(anna));
  check.taken_no_longer("anna", fingerprint);
  for (int i = 0; i < 8; ++i)
    REQUIRE(guard.begin(std::to_string(i), fingerprint, scheduler.now()));
  CHECK_FALSE(check.begin(anna, progress, scheduler.now()));
  CHECK_FALSE(progress.standing);
  CHECK(check.may_pass_later("anna", progress));
}

}  // namespace
}  // namespace sfteams::agent
