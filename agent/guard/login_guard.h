#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/guard/wrong_passwords.h"
#include "base/crypto/hash.h"
#include "base/crypto/secret.h"
#include "base/error/error.h"
#include "transport/scheduler.h"
#include "uci/token_gate.h"

namespace sfteams::agent {

/// Keeps the PBX from blacklisting this host. The PBX sees all users from one address and ignores
/// it after too many wrong passwords, so every request that carries a token not known to be good is
/// counted here before it goes out, as failed until its end is known; what may have reached the PBX
/// stays counted, unless the token turns out to be good or the PBX to have been unwell. A password
/// known to be wrong is refused without asking the PBX.
///
/// Within a window of time it gives out a budget of wrong tokens, Limits::failures. Each share may
/// be used up without touching those below it:
///
///     share                                           by default,   while somebody
///                                                     of 8          is signed in
///     unproven(): passwords that were never right     4             3
///     sign_ins(): these, and proven passwords         8             5
///     most():     these, and tokens of users who      9             9
///                 are signed in (agent/guard/token_desk.h)
///
/// Whoever makes up names uses up the first share and holds up only those who sign in for the first
/// time, or with a new password. While nobody is proven yet, there is nobody to keep the rest for,
/// and the first share is as large as the second. Of one user, failures_per_user.
///
/// Wrong passwords are remembered as HMACs under a random key (agent/guard/wrong_passwords.h), the
/// first time for one window.
class LoginGuard {
 public:
  using Duration = transport::Duration;
  using TimePoint = transport::TimePoint;

  struct Limits {
    std::size_t failures = 8;           ///< of all users within the window
    std::size_t failures_per_user = 3;  ///< of one user within the window
    Duration window{600'000};
  };

  /// How a login ended.
  enum class Outcome {
    accepted,
    refused,      ///< the PBX said no
    not_reached,  ///< certainly never judged: look-up or connection failed
    unknown,      ///< the PBX may have counted it
  };

  /// Stands for a user name and a password without telling either; only good in this process.
  /// Compare it with crypto::equal_constant_time().
  using Fingerprint = WrongPasswords::Fingerprint;
  [[nodiscard]] Fingerprint fingerprint(std::string_view user,
                                        const crypto::Secret& password) const;

  /// A login that may go to the PBX. Hand it to finish().
  class Attempt {
   public:
    Attempt(Attempt&&) noexcept = default;
    Attempt& operator=(Attempt&&) noexcept = default;
    Attempt(const Attempt&) = delete;
    Attempt& operator=(const Attempt&) = delete;

   private:
    friend class LoginGuard;
    Attempt() = default;
    std::uint64_t number_ = 0;
    Fingerprint fingerprint_{};
  };
  using Number = std::uint64_t;  ///< of what is counted

  /// `process_key`: 32 random bytes. `name_key`: 32 bytes that outlive the process, by which
  /// restore() recognizes users; empty: it recognizes nobody.
  /// `anybody_proven`: whether any user's password is known as the one that the PBX took last, so
  /// that there is somebody to keep a share for; asked whenever that matters, and not by the
  /// constructor. nullptr: never.
  LoginGuard(const Limits& limits, crypto::Secret process_key, crypto::Secret name_key = {},
             std::function<bool()> anybody_proven = nullptr);
  /// What has failed already counts on.
  void set_limits(const Limits& limits) {
    limits_ = limits;
    changed();
  }
  [[nodiscard]] const Limits& limits() const { return limits_; }

  /// What is known of a user's password.
  enum class Standing {
    unproven,  ///< it was never right here, as far as this agent knows
    proven,    ///< it is the one that the PBX took last (agent/guard/known_users.h)
  };

  /// Fails with uci.login-refused (this password was refused before) or session.login-paused (too
  /// many failures; Error::retry_after says when to try again).
  [[nodiscard]] Result<Attempt> begin(std::string_view user, const Fingerprint& fingerprint,
                                      TimePoint now, Standing standing = Standing::unproven);
  /// After begin() failed with session.login-paused: only the share of unproven passwords is in the
  /// way, so that it is worth to find out whether this one is proven.
  [[nodiscard]] bool would_pass_proven(std::string_view user, TimePoint now) const;
  struct Circumstances {
    std::optional<uci::AnswerShape> pbx{};  ///< as for note_pbx()
    bool proven = false;  ///< the password is the one that the PBX took last: it may be the PBX
    /// The PBX speaks of the user, who was told that the password is wrong, though it is not
    /// certain: remembered for kShortMemory, so that a client that repeats it costs nothing.
    bool told_as_wrong = false;
  };
  static constexpr Duration kShortMemory{20'000};
  void finish(const Attempt& attempt, Outcome outcome, TimePoint now, const Circumstances& then);
  void finish(const Attempt& attempt, Outcome outcome, TimePoint now) {
    finish(attempt, outcome, now, Circumstances());
  }
  /// After begin() failed with session.login-paused: true when only logins under way stand in the
  /// way, so that it is worth to ask again once one of them has ended.
  [[nodiscard]] bool may_fit_later(std::string_view user,
                                   Standing standing = Standing::unproven) const;
  /// Failures that have ended leave no room for anybody of this standing.
  [[nodiscard]] bool holds_back(Standing standing) const;
  /// The PBX refused a token that it had taken before: the password has changed. What was counted
  /// of it stays. When that is not certain, it is remembered for a third of the time.
  void refused_later(const Fingerprint& fingerprint, TimePoint now, bool certain = true);

  /// Failures of all users within the window, those under way included.
  [[nodiscard]] std::size_t failures(TimePoint now);

  /// The PBX has taken a login that finish() has not ended yet: it needs no room any more.
  void taken(const Fingerprint& fingerprint);

  // For tokens that were good (agent/guard/token_desk.h).
  /// Counts a request before it goes out, `weight` times: 2 when one more may have to follow it.
  [[nodiscard]] Number count(std::string_view user, const Fingerprint& fingerprint,
                             std::size_t weight, TimePoint now);
  /// It has ended, and the PBX may have counted it; from now on it weighs so much.
  void keep(Number number, std::size_t weight, TimePoint ended);
  void forget(Number number);
  /// The token is good: nothing that carried it was a failure.
  void release(const Fingerprint& fingerprint);
  /// What the PBX answered without any token, just after it had refused this one: it may tell
  /// whether that was the PBX's state.
  void note_pbx(Number number, const uci::AnswerShape& shape);
  /// The PBX is well, and answers so without any token: what ended while it answered otherwise was
  /// not the token's fault.
  void release_unlike(const uci::AnswerShape& well);
  /// How it answers without any token now. Where something ended while it answered otherwise, and
  /// nobody knows yet which of the two is well, one sign-in at a time may pass beside it.
  void set_pbx(const uci::AnswerShape& shape) { pbx_ = shape; }
  /// What a well PBX answers without a token, once that is certain. It outlives the process, so
  /// that a PBX that is just starting is recognized by the first answer.
  void set_usual(const uci::AnswerShape& shape);
  [[nodiscard]] const std::optional<uci::AnswerShape>& usual() const { return usual_; }
  /// Whether something is counted that release_unlike() may take back.
  [[nodiscard]] bool may_be_released() const;
  /// Whether requests of signed-in users are counted that got no usable answer, or left-overs of a
  /// former process. Sign-ins of this process do not matter here.
  [[nodiscard]] bool has_unanswered_requests() const;
  /// As many failures as the PBX is ever shown within the window.
  [[nodiscard]] std::size_t most() const { return limits_.failures + 1; }
  /// Whether something is under way, so that there may be more room soon.
  [[nodiscard]] bool under_way() const;

  /// Stands for a user's name in a file: the same in every process with the same `name_key`.
  using NameTag = std::array<std::uint8_t, 16>;
  /// What has to outlive this process (agent/guard/guard_book.h).
  struct Memory {
    struct Open {
      std::optional<NameTag> user{};          ///< none: nobody takes it back
      std::optional<TimePoint> since{};       ///< none: still under way
      std::optional<uci::AnswerShape> pbx{};  ///< what the PBX answered without a token then
      // clang-tidy 14 takes the zero in it for a pointer.
      friend auto operator<=>(const Open&, const Open&) = default;  // NOLINT(modernize-use-nullptr)
    };
    std::vector<TimePoint> failed{};          ///< one of weight 2 is there twice
    std::vector<Open> under_way{};            ///< whose end is not known; so is one of weight 2
    std::optional<uci::AnswerShape> usual{};  ///< see set_usual()
    /// Requests of signed-in users that are under way: those that were counted, and the most calls
    /// of one user.
    std::size_t signed_in = 0;
  };
  [[nodiscard]] Memory memory(TimePoint now) const;
  /// Once, before anything else. What was under way when the process ended has an unknown end: it
  /// counts for one window, but one sign-in at a time may pass beside it. An accepted sign-in takes
  /// back one left-over of the same user: most probably it is the same one, as the client that was
  /// cut off comes again. Only one, because sign-ins with the same password share a request: of
  /// two, one had a wrong password. What was under way of signed-in users nobody takes back.
  void restore(const Memory& memory, TimePoint now);
  /// Another address or another kind of token from now on, with nothing under way. Which passwords
  /// were wrong is forgotten. Every failure stays until its window ends, and nothing takes one back
  /// any more: the PBX may be the same one, and nothing that is accepted or answered now says
  /// anything about the tokens of before.
  void judge_changed();
  /// Called after each change of memory(), before the counted request goes out. Not called by
  /// restore(), nor when the content only shrinks because failures grow old or fewer calls are
  /// under way: the book notices that by itself.
  void on_change(std::function<void()> changed) { changed_ = std::move(changed); }

  /// How many users are signed in, and the most calls that one of them has under way.
  void set_signed_in(std::size_t users) { signed_in_ = users; }
  void set_calls(std::size_t most_of_one) {
    const bool more = most_of_one > calls_;
    calls_ = most_of_one;
    if (more) changed();
  }

 private:
  struct Failure {
    Number number = 0;
    std::string user;
    Fingerprint fingerprint{};
    TimePoint at;
    std::size_t weight = 1;
    bool sign_in = false;              ///< by begin()
    bool unproven = false;             ///< counts in that share
    bool proven = false;               ///< see Circumstances
    bool left_over = false;            ///< by restore()
    std::optional<NameTag> left_by{};  ///< of a left-over: whose sign-in takes it back
    enum class End { under_way, refused, unknown } end = End::under_way;
    std::optional<uci::AnswerShape> pbx{};  ///< see note_pbx()
  };

  void drop_old(TimePoint now);
  // The table of shares; most() is the last one.
  [[nodiscard]] std::size_t unproven() const;
  [[nodiscard]] std::size_t sign_ins() const;
  [[nodiscard]] bool has_ended(const Failure& failure) const;
  [[nodiscard]] bool anybody_proven() const { return anybody_proven_ && anybody_proven_(); }
  [[nodiscard]] bool may_pass() const;
  [[nodiscard]] bool only_time_helps() const;
  [[nodiscard]] bool may_be_no_failure(const Failure& failure) const;
  void changed() const {
    if (changed_) changed_();
  }
  [[nodiscard]] Result<void> check_budgets(std::string_view user, Standing standing,
                                           TimePoint now) const;
  [[nodiscard]] std::optional<NameTag> tag_of(std::string_view user) const;
  void take_back_left_over(std::string_view user);

  Limits limits_;
  crypto::Secret process_key_;
  crypto::Secret name_key_;
  std::uint64_t last_number_ = 0;
  std::function<void()> changed_;
  std::function<bool()> anybody_proven_;
  std::optional<uci::AnswerShape> pbx_;
  std::optional<uci::AnswerShape> usual_;
  std::size_t signed_in_ = 0;
  std::size_t calls_ = 0;
  std::deque<Failure> failures_;  ///< oldest first
  WrongPasswords wrong_;
};

}  // namespace sfteams::agent
