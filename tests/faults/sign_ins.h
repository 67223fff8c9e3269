#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "tests/faults/passwords.h"
#include "transport/scheduler.h"

namespace sfteams::faults {

/// Watches how one user at one device is let in: nobody whose password is right may be told that it
/// is wrong, and nobody has to wait for longer than the agent says because others guess.
class SignIns {
 public:
  using TimePoint = transport::TimePoint;
  using Duration = transport::Duration;

  /// `passwords` outlives this; `longest_pause`: for which session.login-paused may come again and
  /// again.
  SignIns(std::string user, const Passwords& passwords, Duration longest_pause)
      : user_(std::move(user)), passwords_(passwords), longest_pause_(longest_pause) {}

  /// The password to sign in with now.
  [[nodiscard]] std::string begin() {
    const Passwords::Right right = passwords_.of(user_);
    generation_ = right.generation;
    return right.text;
  }
  void accepted() { paused_since_.reset(); }

  /// A sign-in failed, or the session that it gave was ended, with this code; the promise that was
  /// broken by it.
  [[nodiscard]] std::optional<std::string> turned_away(std::string_view code, TimePoint now) {
    if (passwords_.of(user_).generation != generation_) return std::nullopt;
    if (code == "uci.login-refused" || code == "session.signed-out")
      return fmt::format("{} was turned away with the right password: {}", user_, code);
    if (code != "session.login-paused") {
      paused_since_.reset();
      return std::nullopt;
    }
    if (!paused_since_) paused_since_ = now;
    if (now - *paused_since_ <= longest_pause_) return std::nullopt;
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(now - *paused_since_).count();
    paused_since_ = now;
    return fmt::format("{} was kept out for {} s, because others had wrong passwords", user_,
                       seconds);
  }

 private:
  std::string user_;
  const Passwords& passwords_;
  Duration longest_pause_;
  unsigned generation_ = 0;  ///< of the password that was used last
  std::optional<TimePoint> paused_since_;
};

}  // namespace sfteams::faults
