#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "base/crypto/secret.h"
#include "base/error/error.h"

namespace sfteams::crypto {

/// A point of the curve P-256 as SEC 1, section 2.3.3, writes it without compression: 0x04, x and y
/// with 32 bytes each.
using P256PublicKey = std::array<std::uint8_t, 65>;
/// r and s with 32 bytes each, big-endian, as IEEE P1363 and WebCrypto write them.
using P256Signature = std::array<std::uint8_t, 64>;

/// An ECDSA key on the curve P-256 (FIPS 186-4), signing over SHA-256. For devices: browsers have no
/// other key that WebCrypto keeps to itself in every engine.
class P256Key {
 public:
  /// Fails with crypto.no-randomness.
  [[nodiscard]] static Result<P256Key> generate();
  /// `scalar`: 32 bytes, big-endian, from 1 to the order of the curve less 1. Fails with
  /// crypto.bad-key.
  [[nodiscard]] static Result<P256Key> from_scalar(std::span<const std::uint8_t> scalar);

  ~P256Key();
  P256Key(P256Key&&) noexcept;
  P256Key& operator=(P256Key&&) noexcept;

  [[nodiscard]] const P256PublicKey& public_key() const { return public_key_; }
  /// With a nonce of its own each time, so that two signatures of one message differ.
  [[nodiscard]] P256Signature sign(std::span<const std::uint8_t> message) const;
  /// 32 bytes, for from_scalar().
  [[nodiscard]] Secret scalar() const;

 private:
  struct Handle;
  P256Key(std::unique_ptr<Handle> handle, const P256PublicKey& public_key);

  std::unique_ptr<Handle> handle_;
  P256PublicKey public_key_;
};

/// Whether the bytes are a point of the curve, which is a key that could verify something.
[[nodiscard]] bool is_p256_public_key(std::span<const std::uint8_t> bytes);

/// False, too, when `key` is no point of the curve.
[[nodiscard]] bool verify_p256(const P256PublicKey& key, std::span<const std::uint8_t> message,
                               const P256Signature& signature);

}  // namespace sfteams::crypto
