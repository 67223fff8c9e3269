#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "base/crypto/secret.h"
#include "base/error/error.h"

namespace sfteams::crypto {

using Ed25519PublicKey = std::array<std::uint8_t, 32>;
using Ed25519Signature = std::array<std::uint8_t, 64>;

/// An Ed25519 private key (RFC 8032) inside OpenSSL; move-only, wiped when it goes.
class Ed25519Key {
 public:
  /// A new random key. Fails with crypto.no-randomness.
  [[nodiscard]] static Result<Ed25519Key> generate();
  /// From its 32-byte seed (the private key of RFC 8032). Fails with crypto.bad-key on another
  /// size.
  [[nodiscard]] static Result<Ed25519Key> from_seed(std::span<const std::uint8_t> seed);

  /// From a PEM text as `openssl genpkey -algorithm ed25519` writes it (PKCS #8, RFC 8410), without
  /// a passphrase. Fails with crypto.bad-key.
  [[nodiscard]] static Result<Ed25519Key> from_pem(std::string_view text);

  ~Ed25519Key();
  Ed25519Key(Ed25519Key&&) noexcept;
  Ed25519Key& operator=(Ed25519Key&&) noexcept;

  [[nodiscard]] const Ed25519PublicKey& public_key() const { return public_key_; }
  [[nodiscard]] Ed25519Signature sign(std::span<const std::uint8_t> message) const;
  /// The 32-byte seed, to be kept in a file.
  [[nodiscard]] Secret seed() const;
  /// What from_pem() reads.
  [[nodiscard]] Secret pem() const;

 private:
  struct Handle;
  Ed25519Key(std::unique_ptr<Handle> handle, const Ed25519PublicKey& public_key);
  std::unique_ptr<Handle> handle_;
  Ed25519PublicKey public_key_;
};

/// False for a wrong signature and for a public key that is none.
[[nodiscard]] bool verify_ed25519(const Ed25519PublicKey& key,
                                  std::span<const std::uint8_t> message,
                                  std::span<const std::uint8_t> signature);

}  // namespace sfteams::crypto
