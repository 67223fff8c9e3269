#pragma once

#include <cstddef>
#include <map>
#include <optional>

#include "base/crypto/hash.h"
#include "transport/scheduler.h"

namespace sfteams::agent {

/// Passwords that the PBX has refused, so that it need not be asked about them again. Each is
/// remembered for the time that the caller names, and each time that the PBX refuses the same one
/// again, for twice as long as before, up to Limits::longest_memory: a client that keeps an old
/// password cannot use up the budget of all others, and a password that has become right is taken
/// soon. A password that was not refused for twice its memory counts as a new one.
///
/// In memory only, as fingerprints that are worth nothing outside this process
/// (LoginGuard::fingerprint()). It has no clock: `now` never goes back.
class WrongPasswords {
 public:
  using Duration = transport::Duration;
  using TimePoint = transport::TimePoint;
  using Fingerprint = crypto::Sha256Digest;

  struct Limits {
    Duration longest_memory{24 * 3'600'000};
    std::size_t remembered = 4096;  ///< beyond it the one that ends first is forgotten
  };

  WrongPasswords() = default;
  explicit WrongPasswords(const Limits& limits) : limits_(limits) {}

  /// The PBX has refused it at `now`. `first_memory`: for how long, if it is not remembered yet.
  void remember(const Fingerprint& fingerprint, TimePoint now, Duration first_memory);
  /// For how long from `now` on it is refused without asking the PBX; nothing: the PBX may be
  /// asked.
  [[nodiscard]] std::optional<transport::Clock::duration> refused_for(
      const Fingerprint& fingerprint, TimePoint now);
  /// It has turned out to be right.
  void forget(const Fingerprint& fingerprint) { wrong_.erase(fingerprint); }
  void forget_all() { wrong_.clear(); }

 private:
  struct Wrong {
    TimePoint until;   ///< refused without asking the PBX
    TimePoint forget;  ///< from then on its next memory is a first one
    Duration memory{};
  };
  void drop_old(TimePoint now);

  Limits limits_;
  std::map<Fingerprint, Wrong> wrong_;
};

}  // namespace sfteams::agent
