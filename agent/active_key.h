#pragma once

#include <string>

#include "agent/key_store.h"
#include "crypto/secret.h"
#include "tunnel/control.h"

namespace sfteams::agent {

/// What the running agent needs of the system key: derived once, the key itself stays in its file.
struct ActiveKey {
  tunnel::AdmissionKey admission;
  crypto::Secret pre_shared_key;
  std::string created;  ///< 2026-11-23T10:00:00Z

  [[nodiscard]] static ActiveKey of(const StoredKey& stored) {
    return {{keygen::derive_key_id(stored.key),
             keygen::derive_admission_key(stored.key).public_key(), 0},
            keygen::derive_noise_psk(stored.key),
            stored.created};
  }
};

}  // namespace sfteams::agent
