#pragma once

#include <optional>
#include <string_view>

#include "agent/guard/known_users.h"
#include "agent/guard/login_guard.h"
#include "base/crypto/secret.h"
#include "base/error/error.h"
#include "transport/scheduler.h"

namespace sfteams::agent {

/// Decides whether a sign-in may go to the PBX, and remembers how it ended: by the guard, which
/// counts wrong passwords, and by the users whose last right password is known. That is looked at
/// only where the guard would let a proven password pass and no other, once for each sign-in.
///
/// It has no clock; the caller passes moments, which never go back.
class SignInCheck {
 public:
  using Duration = transport::Duration;
  using TimePoint = transport::TimePoint;
  using Fingerprint = LoginGuard::Fingerprint;

  /// Of one call; `fingerprint` as fingerprint() returns it.
  struct Credentials {
    std::string_view user;
    const crypto::Secret& password;
    const Fingerprint& fingerprint;
    /// It is no password, but what was given out for one: it says nothing about that.
    bool no_password = false;
  };
  /// What is known of one sign-in, over the calls about it.
  struct Progress {
    /// Whether the password was right before, once that was looked at.
    std::optional<LoginGuard::Standing> standing{};
    /// It could not be looked at yet: begin() may succeed after until_next_check().
    bool to_be_checked = false;
  };

  /// Both outlive this; `known` may be nullptr: nobody is known.
  SignInCheck(LoginGuard& guard, KnownUsers* known) : guard_(guard), known_(known) {}

  [[nodiscard]] Fingerprint fingerprint(std::string_view user,
                                        const crypto::Secret& password) const {
    return guard_.fingerprint(user, password);
  }
  /// Fails as LoginGuard::begin() does. What succeeds is handed to finish(). May take about a
  /// millisecond (KnownUsers::check()).
  [[nodiscard]] Result<LoginGuard::Attempt> begin(const Credentials& credentials,
                                                  Progress& progress, TimePoint now);
  /// After begin() failed with session.login-paused: it is worth to call it again later.
  [[nodiscard]] bool may_pass_later(std::string_view user, const Progress& progress) const;
  /// Sign-ins with a password that was never right here have to wait for others' failures to grow
  /// old.
  [[nodiscard]] bool holds_back_unproven() const {
    return guard_.holds_back(LoginGuard::Standing::unproven);
  }
  /// From now until the next look at a password; only after Progress::to_be_checked was true.
  [[nodiscard]] Duration until_next_check() const { return known_->until_next_check(); }
  /// Whether the password, which the PBX has just refused, is the one that it took last.
  [[nodiscard]] bool is_proven(const Credentials& credentials) const;

  /// Whether the user is known to have had another password before, which ends here.
  bool finish(const LoginGuard::Attempt& attempt, const Credentials& credentials,
              LoginGuard::Outcome outcome, const LoginGuard::Circumstances& circumstances,
              TimePoint now);
  /// Nothing of it was sent.
  void give_up(const LoginGuard::Attempt& attempt, TimePoint now) {
    guard_.finish(attempt, LoginGuard::Outcome::not_reached, now);
  }
  /// The PBX certainly does not take the password of a signed-in user any more.
  void taken_no_longer(std::string_view user, const Fingerprint& fingerprint);

 private:
  LoginGuard& guard_;
  KnownUsers* known_;
};

}  // namespace sfteams::agent
