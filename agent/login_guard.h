#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "crypto/hash.h"
#include "crypto/secret.h"
#include "error/error.h"
#include "transport/scheduler.h"

namespace sfteams::agent {

/// Keeps the PBX from blacklisting this host. The PBX sees all users from one address and ignores
/// it after too many wrong passwords, so every login passes here first: a password known to be
/// wrong is refused without asking the PBX, and within a window of time only so many logins may
/// fail, in all and for one user. A login under way counts as failed until its end is known, so
/// that many at once cannot pass together.
///
/// Wrong passwords are remembered as HMACs under a random key of this process. The first time for
/// one window; each time the PBX refuses the same one again, for twice as long, up to a day: a
/// client that keeps an old password cannot use up the budget of all others, and a password that
/// has become right is taken soon.
class LoginGuard {
 public:
  using Duration = transport::Duration;
  using TimePoint = transport::TimePoint;

  struct Limits {
    std::size_t failures = 8;           ///< of all users within the window
    std::size_t failures_per_user = 3;  ///< of one user within the window
    Duration window{600'000};
    Duration longest_memory{24 * 3'600'000};
    std::size_t remembered =
        4096;  ///< wrong passwords; beyond it the one that ends first is forgotten
  };

  /// How a login ended.
  enum class Outcome {
    accepted,
    refused,      ///< the PBX said no
    not_reached,  ///< certainly never judged: look-up or connection failed
    /// No answer, or a broken one: the PBX may have counted it. Counts for this user only, so that
    /// a slow PBX does not shut everybody out.
    unknown,
  };

  /// Stands for a user name and a password without telling either; only good in this process.
  /// Compare it with crypto::equal_constant_time().
  using Fingerprint = crypto::Sha256Digest;
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

  /// `process_key`: 32 random bytes.
  LoginGuard(const Limits& limits, crypto::Secret process_key);
  /// What has failed already counts on.
  void set_limits(const Limits& limits) { limits_ = limits; }

  /// Fails with uci.login-refused (this password was refused before) or session.login-paused (too
  /// many failures; the hint says when to try again).
  [[nodiscard]] Result<Attempt> begin(std::string_view user, const Fingerprint& fingerprint,
                                      TimePoint now);
  void finish(const Attempt& attempt, Outcome outcome, TimePoint now);
  /// After begin() failed with session.login-paused: true when only logins under way stand in the
  /// way, so that it is worth to ask again once one of them has ended.
  [[nodiscard]] bool may_fit_later(std::string_view user) const;
  /// The PBX refused a token that it had taken before: the password has changed.
  void refused_later(std::string_view user, const Fingerprint& fingerprint, TimePoint now);

  /// Failures of all users within the window, those under way included.
  [[nodiscard]] std::size_t failures(TimePoint now);

 private:
  struct Failure {
    std::uint64_t number = 0;
    std::string user;
    TimePoint at;
    enum class End { under_way, refused, unknown } end = End::under_way;
  };
  struct Wrong {
    TimePoint until;   ///< refused without asking the PBX
    TimePoint forget;  ///< its next memory is no longer twice as long
    Duration memory{};
  };

  void drop_old(TimePoint now);
  [[nodiscard]] Result<void> check_budgets(std::string_view user, TimePoint now) const;
  void remember(const Fingerprint& fingerprint, TimePoint now);

  Limits limits_;
  crypto::Secret process_key_;
  std::uint64_t last_number_ = 0;
  std::deque<Failure> failures_;  ///< oldest first
  std::map<Fingerprint, Wrong> wrong_;
};

}  // namespace sfteams::agent
