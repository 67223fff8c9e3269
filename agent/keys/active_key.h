#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/keys/key_ring.h"
#include "base/crypto/secret.h"
#include "keygen/derive.h"
#include "tunnel/control.h"

namespace sfteams::agent {

/// What the running agent needs of a system key: derived once, the key itself stays in its file.
struct ActiveKey {
  tunnel::AdmissionKey admission;
  crypto::Secret pre_shared_key;
  std::string created;  ///< 2026-11-23T10:00:00Z

  [[nodiscard]] static ActiveKey of(const StoredKey& stored) {
    return {
        {keygen::derive_key_id(stored.key), keygen::derive_admission_key(stored.key).public_key(),
         static_cast<std::uint64_t>(stored.expires)},
        keygen::derive_noise_psk(stored.key),
        stored.created};
  }
};

/// Those that are good at present, the one in force first.
using ActiveKeys = std::vector<ActiveKey>;

[[nodiscard]] inline ActiveKeys active_keys(const KeyRing& ring) {
  ActiveKeys keys;
  for (const StoredKey& key : ring.keys())
    keys.push_back(ActiveKey::of(key));
  return keys;
}

}  // namespace sfteams::agent
