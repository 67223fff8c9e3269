#pragma once

#include <filesystem>

#include "agent/keys/key_ring.h"
#include "base/crypto/ed25519.h"
#include "base/error/error.h"

namespace sfteams::agent {

/// The file of the keys: {"type": "starface-teams-agent-keys", "version": 1, "keys": [{"key": …,
/// "created": …}, {"key": …, "created": …, "expires": Unix seconds}, …]}, the one in force first.
/// Nothing there: an empty ring. Fails with agent.state-damaged, or with a code of keygen/codes.h
/// when it cannot be read.
[[nodiscard]] Result<KeyRing> load_keys(const std::filesystem::path& file);
/// Replaces the file atomically. Fails with a code of keygen/codes.h.
[[nodiscard]] Result<void> save_keys(const std::filesystem::path& file, const KeyRing& keys);

/// Makes a new key, and saves it with what `old` leaves of the others; the ring as it is in the
/// file then. A damaged file is replaced only when the older keys are to be revoked. Fails as
/// load_keys(), add_new_key() and save_keys() do, and then nothing has changed.
[[nodiscard]] Result<KeyRing> make_key_in(const std::filesystem::path& file, const OldKeys& old);
/// Leaves only the key in force in the file; the ring as it is there then. Fails with
/// agent.no-older-key, or as load_keys() and save_keys() do, and then nothing has changed.
[[nodiscard]] Result<KeyRing> revoke_older_keys_in(const std::filesystem::path& file);

/// The identity of the installation: {"type": "starface-teams-agent-identity", "version": 1,
/// "seed": 64 hexadecimal digits}. Made when it is not there, and then never changed. Fails as
/// load_keys() does.
[[nodiscard]] Result<crypto::Ed25519Key> load_or_make_identity(const std::filesystem::path& file);

}  // namespace sfteams::agent
