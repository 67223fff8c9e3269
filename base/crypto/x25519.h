#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "base/crypto/secret.h"
#include "base/error/error.h"

namespace sfteams::crypto {

using X25519PublicKey = std::array<std::uint8_t, 32>;

/// An X25519 private key (RFC 7748) inside OpenSSL; move-only, wiped when it goes.
class X25519Key {
 public:
  [[nodiscard]] static Result<X25519Key> generate();
  /// From 32 private bytes: for published test vectors.
  [[nodiscard]] static Result<X25519Key> from_private(std::span<const std::uint8_t> bytes);

  ~X25519Key();
  X25519Key(X25519Key&&) noexcept;
  X25519Key& operator=(X25519Key&&) noexcept;

  [[nodiscard]] const X25519PublicKey& public_key() const { return public_key_; }
  /// 32 shared bytes. Fails with crypto.bad-key when the peer's key gives the all-zero secret.
  [[nodiscard]] Result<Secret> agree(const X25519PublicKey& peer) const;

 private:
  struct Handle;
  X25519Key(std::unique_ptr<Handle> handle, const X25519PublicKey& public_key);
  std::unique_ptr<Handle> handle_;
  X25519PublicKey public_key_;
};

}  // namespace sfteams::crypto
