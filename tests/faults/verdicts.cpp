#include "tests/faults/verdicts.h"

#include <algorithm>
#include <array>
#include <optional>

namespace sfteams::faults {
namespace {

/// Several situations in one row.
class In {
 public:
  constexpr In(Situation one) : bits_(static_cast<unsigned>(one)) {}  // NOLINT: a set of one
  constexpr In operator|(In other) const {
    In both = *this;
    both.bits_ |= other.bits_;
    return both;
  }
  [[nodiscard]] constexpr bool has(Situation one) const {
    return (bits_ & static_cast<unsigned>(one)) != 0;
  }

 private:
  unsigned bits_;
};

struct Row {
  In where;
  std::string_view code;
  /// One of these has to be going on; nullopt: it may come at any time.
  std::optional<Troubles> only_while;
};

constexpr In kSignIn = In(Situation::sign_in_proven) | Situation::sign_in_changed;
constexpr In kLarge = Situation::large_answer;
constexpr In kAsking = In(Situation::call) | kLarge;
constexpr In kAnywhere = kSignIn | Situation::guess | kAsking;

constexpr Troubles kPbx = Trouble::pbx_unwell;
constexpr Troubles kPath = Trouble::agent_away | Trouble::connector_away | Trouble::line_bad;
constexpr Troubles kChanged = Trouble::password_changed;
constexpr auto kAlways = std::nullopt;

// What a user may be told when. Not here: "tunnel.too-slow", "license.…", "uci.xml-…" and all
// others, which no fault of the soak excuses.
constexpr std::array kRows{
    // The PBX is not what it should be, and the user is told so.
    Row{kAnywhere, "uci.unreachable", kPbx},
    Row{kAnywhere, "uci.broken-reply", kPbx},
    Row{kAnywhere, "uci.pbx-error", kPbx},
    Row{kAnywhere, "uci.timeout", kPbx | Trouble::pbx_slow | Trouble::agent_away},
    // To one call the PBX says the same of a wrong token and of a missing right.
    Row{kAsking, "uci.access-refused", kPbx | kChanged},
    Row{kAsking, "uci.fault", kPbx},
    // So long as it is not known whether it was the PBX.
    Row{kAsking, "uci.pbx-error", kChanged},
    Row{kAsking, "uci.not-connected", kPbx | Trouble::logins_forgotten},

    // Passwords. The right one is never refused, in no state of the PBX.
    Row{Situation::guess, "uci.login-refused", kAlways},
    Row{Situation::guess, "session.login-paused", kAlways},
    Row{kSignIn | Situation::loss | Situation::carried_out | kAsking, "uci.login-refused",
        kChanged},
    Row{kSignIn | Situation::loss | Situation::carried_out | kAsking, "session.signed-out",
        kChanged},
    Row{kSignIn | Situation::carried_out | kAsking, "uci.connection-closed", kChanged},
    Row{kAsking, "session.login-paused", kChanged},
    // Strangers may hold up a password that the PBX has not taken yet (for how long: SignIns), and
    // one that it has taken before only while it is in trouble itself.
    Row{Situation::sign_in_changed, "session.login-paused", kAlways},
    Row{Situation::sign_in_proven, "session.login-paused", kPbx | kChanged},

    // It was carried out, and the PBX itself has broken the answer off or takes too long.
    Row{Situation::carried_out, "uci.timeout", Trouble::pbx_slow | Trouble::answer_spoilt},
    Row{Situation::carried_out, "uci.unreachable", Trouble::answer_spoilt},
    Row{Situation::carried_out, "uci.broken-reply", Trouble::answer_spoilt},
    Row{Situation::carried_out, "uci.pbx-error", Trouble::answer_spoilt},
    Row{Situation::carried_out, "uci.access-refused", Trouble::answer_spoilt},

    // The way to the PBX.
    Row{kSignIn | Situation::guess, "transport.connect-failed", kPath},
    // Killed between the connection and its answer.
    Row{kSignIn | Situation::guess, "transport.upgrade-refused", Trouble::connector_away},
    Row{kSignIn | Situation::guess, "transport.timeout", kPath},
    Row{kSignIn | Situation::guess, "transport.tls-failed", kPath},
    Row{kSignIn | Situation::guess | Situation::loss, "client.connection-lost", kPath},
    Row{kSignIn | Situation::guess | Situation::loss, "client.timeout", kPath},
    Row{Situation::loss, "client.session-lost", kPath},
    Row{kSignIn | Situation::guess | Situation::loss, "tunnel.pbx-offline", kPath},
    Row{kSignIn | Situation::guess | Situation::loss, "tunnel.timeout", kPath},
    Row{kSignIn | Situation::guess | Situation::loss, "tunnel.shutting-down", kPath},
    Row{kSignIn | Situation::guess | Situation::loss, "tunnel.session-unknown", kPath},
    Row{kSignIn | Situation::guess | Situation::loss, "tunnel.session-ended", kPath},
    Row{kSignIn | Situation::guess | Situation::loss, "tunnel.replaced", kPath},
};

}  // namespace

std::string_view to_string(Situation situation) {
  switch (situation) {
    case Situation::sign_in_proven:
      return "a sign-in with a proven password";
    case Situation::sign_in_changed:
      return "a sign-in with a new password";
    case Situation::loss:
      return "a session";
    case Situation::call:
      return "a call";
    case Situation::carried_out:
      return "a call that was carried out";
    case Situation::large_answer:
      return "a large answer";
    case Situation::guess:
      return "a guess";
  }
  return "";
}

Verdict judge(Situation situation, std::string_view code, Troubles during) {
  const bool allowed = std::ranges::any_of(kRows, [&](const Row& row) {
    return row.where.has(situation) && row.code == code &&
           (!row.only_while || row.only_while->meets(during));
  });
  return allowed ? Verdict::allowed : Verdict::broken;
}

}  // namespace sfteams::faults
