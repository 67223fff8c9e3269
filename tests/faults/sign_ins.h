#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "tests/faults/passwords.h"
#include "tests/faults/troubles.h"
#include "tests/faults/verdicts.h"

namespace sfteams::faults {

/// Watches how one user at one device is let in: which failures a sign-in meets, and how long a
/// user whose password is right is without a session although nothing is wrong.
class SignIns {
 public:
  using TimePoint = transport::TimePoint;
  using Duration = transport::Duration;

  /// How much time without any trouble (TroubleLog) a user with the right password may be kept out.
  struct Patience {
    Duration proven{15'000};   ///< the PBX has taken this password before
    Duration changed{15'000};  ///< it has not yet, so that guesses of strangers count against it
  };

  /// `passwords` and `troubles` outlive this.
  SignIns(std::string user, const Passwords& passwords, const TroubleLog& troubles,
          Patience patience);

  /// The password to sign in with now.
  [[nodiscard]] std::string begin(TimePoint now);
  /// Each of these gives the promise that was broken by it.
  [[nodiscard]] std::optional<std::string> accepted(TimePoint now);
  [[nodiscard]] std::optional<std::string> turned_away(std::string_view code, TimePoint now);
  /// A session that was signed in ended; `since`: when the first sign of it was seen.
  [[nodiscard]] std::optional<std::string> lost(std::string_view code, TimePoint since,
                                                TimePoint now);

  /// What went on since then that this user may feel, a password changed since begin() included.
  [[nodiscard]] Troubles during(TimePoint since, TimePoint now) const;
  /// Whether the password used last is still right.
  [[nodiscard]] bool up_to_date() const { return passwords_.of(user_).generation == generation_; }
  /// The longest without a session while nothing was wrong.
  [[nodiscard]] Duration longest_out() const { return longest_out_; }

 private:
  [[nodiscard]] bool proven() const { return proven_ == generation_; }
  [[nodiscard]] std::optional<std::string> kept_out(TimePoint now);
  [[nodiscard]] std::optional<std::string> judged(Situation situation, std::string_view code,
                                                  TimePoint since, TimePoint now) const;

  std::string user_;
  const Passwords& passwords_;
  const TroubleLog& troubles_;
  Patience patience_;
  unsigned generation_ = 0;         ///< of the password that was used last
  std::optional<unsigned> proven_;  ///< of the one that was accepted last
  std::optional<TimePoint> began_;  ///< the sign-in under way
  std::optional<TimePoint> out_since_;
  Duration longest_out_{0};
};

}  // namespace sfteams::faults
