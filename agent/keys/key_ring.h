#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock/unix_time.h"
#include "base/error/error.h"
#include "keygen/system_key.h"

namespace sfteams::agent {

using clock::unix_now;

/// A system key, when it was made, and until when it is good.
struct StoredKey {
  keygen::SystemKey key;
  std::string created;       ///< 2026-11-23T10:00:00Z
  std::int64_t expires = 0;  ///< Unix seconds; 0: until it is replaced

  [[nodiscard]] StoredKey clone() const { return {key.clone(), created, expires}; }
};

/// A new random key made at `now`. Fails with crypto.no-randomness.
[[nodiscard]] Result<StoredKey> make_key(std::chrono::system_clock::time_point now);

/// There is a key already and nobody said what is to become of it: agent.key-exists.
[[nodiscard]] Error key_exists();

/// There is but the one in force: agent.no-older-key.
[[nodiscard]] Error no_older_key();

/// What is to become of the keys there are when a new one is made.
struct OldKeys {
  enum class Fate { kept_out, grace, revoked };
  Fate fate = Fate::kept_out;  ///< kept_out: then there may be none
  /// For how long the one before stays good; others keep their time.
  std::chrono::seconds grace{0};
};

/// The system keys of an installation: the one in force, and those before it that are still good
/// for a time. Times are passed in.
class KeyRing {
 public:
  static constexpr std::chrono::seconds kShortestGrace{60};
  static constexpr std::chrono::seconds kLongestGrace{30 * 86'400};

  KeyRing() = default;
  /// The first has no end, the others have one; at most kMaxAdmissionKeys of them, all different.
  /// nullopt: they are not such keys.
  [[nodiscard]] static std::optional<KeyRing> of(std::vector<StoredKey> keys);

  [[nodiscard]] bool empty() const { return keys_.empty(); }
  /// The one in force first.
  [[nodiscard]] std::span<const StoredKey> keys() const { return keys_; }
  [[nodiscard]] const StoredKey& current() const { return keys_.front(); }

  /// A new key is in force. Fails with agent.key-exists and agent.too-many-keys, changing nothing.
  [[nodiscard]] Result<void> add(StoredKey key, const OldKeys& old, std::int64_t now);
  /// Only the key in force is good any more. Whether there was another.
  bool revoke_older();
  /// Drops what is over by `now`. Whether there was any.
  bool drop_expired(std::int64_t now);

 private:
  std::vector<StoredKey> keys_;
};

/// Makes a key now and adds it. Fails as make_key() and KeyRing::add() do.
[[nodiscard]] Result<void> add_new_key(KeyRing& keys, const OldKeys& old);

}  // namespace sfteams::agent
