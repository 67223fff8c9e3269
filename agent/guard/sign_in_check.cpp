#include "agent/guard/sign_in_check.h"

#include "agent/guard/codes.h"

namespace sfteams::agent {

using Standing = LoginGuard::Standing;

Result<LoginGuard::Attempt> SignInCheck::begin(const Credentials& credentials, Progress& progress,
                                               TimePoint now) {
  const auto& [user, password, fingerprint, no_password] = credentials;
  Result<LoginGuard::Attempt> attempt =
      guard_.begin(user, fingerprint, now, progress.standing.value_or(Standing::unproven));
  progress.to_be_checked = false;
  if (attempt || attempt.error().code != codes::kLoginPaused || known_ == nullptr || no_password ||
      progress.standing || !guard_.would_pass_proven(user, now))
    return attempt;
  switch (known_->check(user, password, fingerprint)) {
    case KnownUsers::Answer::yes:
      progress.standing = Standing::proven;
      return guard_.begin(user, fingerprint, now, Standing::proven);
    case KnownUsers::Answer::no:
      progress.standing = Standing::unproven;
      return attempt;
    case KnownUsers::Answer::later:
      progress.to_be_checked = true;
      return attempt;
  }
  return attempt;
}

bool SignInCheck::may_pass_later(std::string_view user, const Progress& progress) const {
  if (progress.to_be_checked) return true;
  // As long as it was not looked at it may turn out to be proven.
  const bool may_be = known_ != nullptr && known_->size() > 0;
  return guard_.may_fit_later(
      user, progress.standing.value_or(may_be ? Standing::proven : Standing::unproven));
}

bool SignInCheck::is_proven(const Credentials& credentials) const {
  if (credentials.no_password) return true;
  return known_ != nullptr &&
         known_->is_last(credentials.user, credentials.password, credentials.fingerprint);
}

bool SignInCheck::finish(const LoginGuard::Attempt& attempt, const Credentials& credentials,
                         LoginGuard::Outcome outcome,
                         const LoginGuard::Circumstances& circumstances, TimePoint now) {
  guard_.finish(attempt, outcome, now, circumstances);
  const auto& [user, password, fingerprint, no_password] = credentials;
  if (known_ == nullptr || no_password) return false;
  if (outcome == LoginGuard::Outcome::refused) known_->refused(user, password, fingerprint);
  return outcome == LoginGuard::Outcome::accepted && known_->accepted(user, password, fingerprint);
}

void SignInCheck::taken_no_longer(std::string_view user, const Fingerprint& fingerprint) {
  if (known_ != nullptr) known_->taken_no_longer(user, fingerprint);
}

}  // namespace sfteams::agent
