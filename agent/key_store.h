#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "crypto/ed25519.h"
#include "error/error.h"
#include "keygen/derive.h"
#include "keygen/system_key.h"

namespace sfteams::agent {

/// The system key and when it was made.
struct StoredKey {
  keygen::SystemKey key;
  std::string created;  ///< 2026-11-23T10:00:00Z

  [[nodiscard]] StoredKey clone() const { return {key.clone(), created}; }
};

/// A new random key made at `now`. Fails with crypto.no-randomness.
[[nodiscard]] Result<StoredKey> make_key(std::chrono::system_clock::time_point now);

/// There is a key already and nobody said that it should be replaced: agent.key-exists.
[[nodiscard]] Error key_exists();

/// The file of the key: {"type": "starface-teams-agent-keys", "version": 1, "keys": [{"key": …,
/// "created": …}]}. It is a list so that a later version can keep an old key for a time; this one
/// takes exactly one. Nothing there: nullopt. Fails with agent.state-damaged, or with a code of
/// keygen/codes.h when it cannot be read.
[[nodiscard]] Result<std::optional<StoredKey>> load_key(const std::filesystem::path& file);
/// Replaces the file atomically. Fails with a code of keygen/codes.h.
[[nodiscard]] Result<void> save_key(const std::filesystem::path& file, const StoredKey& key);

/// The identity of the installation: {"type": "starface-teams-agent-identity", "version": 1,
/// "seed": 64 hexadecimal digits}. Made when it is not there, and then never changed. Fails as
/// load_key() does.
[[nodiscard]] Result<crypto::Ed25519Key> load_or_make_identity(const std::filesystem::path& file);

}  // namespace sfteams::agent
