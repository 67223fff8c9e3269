#pragma once

#include <string>
#include <vector>

#include "agent/probe/callback_marks.h"
#include "agent/probe/finding.h"
#include "agent/probe/reply_form.h"
#include "base/crypto/secret.h"

namespace sfteams::probe {

/// One login with a callback, and what came of it.
struct EventTrial {
  std::string login;  ///< how the login was answered
  bool logged_in = false;
  bool unanswered = false;   ///< the login
  std::string subscription;  ///< how the wish for events was answered
  bool subscribed = false;
  bool waited = false;  ///< for a call
  bool broken_off = false;
  bool other_port = false;    ///< see PbxLine::on_other_port()
  std::size_t strangers = 0;  ///< connections to the callback that were refused meanwhile
  const std::vector<Heard>* heard = nullptr;
};

/// Check 1.
[[nodiscard]] Finding judge_events_by_older_token(const EventTrial& trial);

/// The same over the life of a token.
struct RenewalTrial {
  EventTrial events;
  std::string why_no_wait;  ///< see why_no_wait() of tokens.h
  std::string renewal;      ///< how it was answered; empty: nothing to renew by
  bool renewed = false;
  bool lost_before = false;       ///< a keepAlive before the renewal did not say true
  std::vector<std::string> kept;  ///< what keepAlives behind the renewal were answered
  bool all_true = false;
  std::string new_login;  ///< how another login was answered; empty: none was needed
  bool new_login_taken = false;
  /// Which token the callback carried, of those that are JWTs: "the first", "a renewed one".
  std::vector<std::string> carried{};
};

/// Check 2: kKeptOverRenewal and kEventsOverRenewal.
[[nodiscard]] std::vector<Finding> judge_renewal(const RenewalTrial& trial);

/// Check 3. `garbled`: it was no old token, but one with a wrong signature.
[[nodiscard]] Finding judge_expired(const Reply& reply, bool garbled);

/// Changes the signature of a token, so that it is none.
void garble(crypto::Secret& token);

/// Check 9. `proven`: a token of OAuth was given for the same password, so it is right.
[[nodiscard]] Finding judge_older_token(const EventTrial& trial, bool proven);

}  // namespace sfteams::probe
