#pragma once

#include <array>
#include <cstdint>

#include "base/crypto/ed25519.h"
#include "base/crypto/secret.h"
#include "keygen/system_key.h"

namespace sfteams::keygen {

/// Names a system key without telling anything of it; it stands in registrations, logs and lists.
using KeyId = std::array<std::uint8_t, 8>;

/// Everything below is HKDF-SHA256 (RFC 5869) with the 40 canonical symbols as key material and the
/// salt "starface-teams/1". They differ in `info` only, so none can be computed from another.
/// docs/vectors/keygen.json holds examples.

/// info "admission ed25519 seed", 32 bytes: the seed of the Ed25519 key with which a client proves
/// to the connector that it holds the system key.
[[nodiscard]] crypto::Ed25519Key derive_admission_key(const SystemKey& key);

/// info "noise psk", 32 bytes: the pre-shared key of Noise_NNpsk0 between client and agent.
[[nodiscard]] crypto::Secret derive_noise_psk(const SystemKey& key);

/// info "key id", 8 bytes. Written in lower-case hexadecimal where people see it.
[[nodiscard]] KeyId derive_key_id(const SystemKey& key);

}  // namespace sfteams::keygen
