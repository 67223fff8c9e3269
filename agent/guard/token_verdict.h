#pragma once

#include "transport/scheduler.h"

namespace sfteams::agent {

/// What is known when the refusal of a login or a keepAlive is judged: is it this user's password,
/// or the state of the PBX? docs/uci.md has the reasons.
struct Refusal {
  enum class Token {
    unproven,  ///< nobody knows that the PBX ever took it
    proven,    ///< a sign-in with the password that the PBX took last (agent/guard/known_users.h)
    good,      ///< the PBX has served this connection with it
  };
  Token token = Token::unproven;

  bool answered = true;     ///< false: not in time, or the connection broke
  bool turned_away = true;  ///< uci::TokenAnswer::turned_away
  /// UCI itself speaks of the user: false to a login, a fault that names access.
  bool judgement = false;
  bool as_nobody = false;  ///< the same answer as a request without a token gets just afterwards

  /// What a request without a token gets just afterwards.
  enum class Nobody {
    unlearned,  ///< something, and nobody was ever let in, so that it tells nothing
    likely,     ///< most probably the same as when the PBX is well
    usual,      ///< the same as when it is well
    otherwise,  ///< another answer than when it is well, or none
  };
  Nobody nobody = Nobody::unlearned;

  bool suspected = false;  ///< the PBX seems to turn everybody away
  /// Somebody was served so shortly before that the PBX cannot have restarted since.
  bool well_around = false;
  /// Others were served since this token was refused for the first time.
  bool served_since = false;
  bool several = false;  ///< other good tokens are refused, too
  unsigned times = 1;    ///< so often in a row it was refused, this time included
};

struct Judgement {
  enum class Kind {
    wrong,  ///< the password is wrong, and is remembered as such
    /// Probably wrong: the client gets that answer. It is not certain, so the guard remembers it
    /// for a short time at most: a token that was good for a third of the window, a password that
    /// was never right for LoginGuard::kShortMemory if UCI itself has judged it, others not at all.
    told_as_wrong,
    look_again,  ///< the token is sent once more after `pause`; the PBX is suspected meanwhile
    unwell,      ///< the state of the PBX, which turns everybody away
    later,       ///< nothing can be told; it is asked again as after an outage
  };
  Kind kind = Kind::later;
  transport::Duration pause{0};
  friend bool operator==(const Judgement&, const Judgement&) = default;
};

inline constexpr transport::Duration kQuickLook{2'000};
inline constexpr transport::Duration kSecondLook{30'000};
/// No PBX goes down and comes up within so short a time.
inline constexpr transport::Duration kNoRestart{1'000};

[[nodiscard]] Judgement judge(const Refusal& refusal);

}  // namespace sfteams::agent
