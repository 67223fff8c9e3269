#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

#include "base/crypto/secret.h"

namespace sfteams::crypto {

using Sha256Digest = std::array<std::uint8_t, 32>;
using Sha512Digest = std::array<std::uint8_t, 64>;
using Md5Digest = std::array<std::uint8_t, 16>;

/// FIPS 180-4. Several parts are hashed as if they stood one after the other.
[[nodiscard]] Sha256Digest sha256(std::initializer_list<std::span<const std::uint8_t>> parts);
[[nodiscard]] Sha512Digest sha512(std::initializer_list<std::span<const std::uint8_t>> parts);
/// RFC 1321; only because UCI before STARFACE 6.4.2.19 signs in with it.
[[nodiscard]] Md5Digest md5(std::initializer_list<std::span<const std::uint8_t>> parts);

/// RFC 2104 with SHA-256.
[[nodiscard]] Sha256Digest hmac_sha256(std::span<const std::uint8_t> key,
                                       std::initializer_list<std::span<const std::uint8_t>> parts);

/// RFC 5869 (extract and expand) with SHA-256; `size` at most 255 * 32.
[[nodiscard]] Secret hkdf_sha256(std::span<const std::uint8_t> salt,
                                 std::span<const std::uint8_t> key_material,
                                 std::span<const std::uint8_t> info, std::size_t size);

/// What scrypt() costs: 128 * n * r bytes of memory, at most 32 MiB, and time in proportion to
/// n * r * p.
struct ScryptCost {
  std::uint64_t n = 0;  ///< a power of two, above 1
  std::uint64_t r = 0;
  std::uint64_t p = 0;
};

/// RFC 7914. A cost that is none is a programmer's error (std::runtime_error).
[[nodiscard]] Secret scrypt(std::span<const std::uint8_t> password,
                            std::span<const std::uint8_t> salt, const ScryptCost& cost,
                            std::size_t size);

/// The bytes of a text, for the functions above: `sha256({bytes_of("…")})`.
[[nodiscard]] inline std::span<const std::uint8_t> bytes_of(std::string_view text) {
  // A char may be looked at as a byte ([basic.lval]).
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace sfteams::crypto
