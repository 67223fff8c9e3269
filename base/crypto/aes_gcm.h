#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/crypto/secret.h"
#include "base/error/error.h"

namespace sfteams::crypto {

/// AES-256-GCM (NIST SP 800-38D) with a 96-bit nonce and a 128-bit tag. One object keeps the
/// expanded key, so that a message costs no key schedule.
class AesGcm {
 public:
  static constexpr std::size_t kKeySize = 32;
  static constexpr std::size_t kNonceSize = 12;
  static constexpr std::size_t kTagSize = 16;
  using Nonce = std::array<std::uint8_t, kNonceSize>;

  /// `key` is 32 bytes; another size is a programmer's error (std::invalid_argument).
  explicit AesGcm(std::span<const std::uint8_t> key);
  ~AesGcm();
  AesGcm(AesGcm&&) noexcept;
  AesGcm& operator=(AesGcm&&) noexcept;

  /// Writes plaintext.size() + kTagSize bytes to `out`, which may not overlap `plaintext`
  /// unless it starts at the same place. A nonce is used once only with one key. Too small an `out`
  /// is a programmer's error (std::invalid_argument), here and in open().
  void seal(const Nonce& nonce, std::span<const std::uint8_t> associated,
            std::span<const std::uint8_t> plaintext, std::span<std::uint8_t> out);

  /// Writes ciphertext.size() - kTagSize bytes to `out`. False when the tag does not fit or the
  /// ciphertext is shorter than a tag; `out` is then wiped.
  [[nodiscard]] bool open(const Nonce& nonce, std::span<const std::uint8_t> associated,
                          std::span<const std::uint8_t> ciphertext, std::span<std::uint8_t> out);

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace sfteams::crypto
