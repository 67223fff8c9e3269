#pragma once

#include <cstdint>
#include <span>

#include "base/error/error.h"

namespace sfteams::crypto {

/// Fills `out` from OpenSSL's CSPRNG (RAND_bytes), for values that may become public: nonces,
/// identifiers. Fails only when the system has no entropy source: crypto.no-randomness.
[[nodiscard]] Result<void> fill_random(std::span<std::uint8_t> out);

/// The same from the generator that OpenSSL keeps for values that stay secret (RAND_priv_bytes).
[[nodiscard]] Result<void> fill_random_private(std::span<std::uint8_t> out);

/// A number in [0, bound) without bias, for jitter and choices that need no secrecy. A bound of 0
/// is a programmer's error (std::invalid_argument).
[[nodiscard]] std::uint64_t random_below(std::uint64_t bound);

}  // namespace sfteams::crypto
