#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/crypto/secret.h"
#include "base/error/error.h"

namespace sfteams::keygen {

/// The secret that a PBX shares with its users: 170 random bits and a checksum, 40 symbols of
/// Crockford's base32 alphabet (0123456789ABCDEFGHJKMNPQRSTVWXYZ), which has no I, L, O and U.
///
/// The first 34 symbols are random; the last six are the BCH code of BIP-350 (bech32m) over the
/// values of all symbols, prefixed by the expanded human-readable part "sfteams". At this length it
/// catches every one to four wrong symbols, so every wrong character and every swap of neighbours.
class SystemKey {
 public:
  static constexpr std::size_t kSymbols = 40;
  static constexpr std::size_t kRandomSymbols = 34;
  static constexpr std::size_t kGroupSize = 5;  ///< symbols between two '-' of display()

  /// A new key. Fails with crypto.no-randomness.
  [[nodiscard]] static Result<SystemKey> generate();

  /// Reads a key as people type and paste it: either case, white space, '-' and '_' anywhere, O for
  /// 0, I and L for 1. Fails with keygen.key-character, keygen.key-length or keygen.key-checksum;
  /// the message names a position at most.
  [[nodiscard]] static Result<SystemKey> parse(std::string_view text);

  /// Eight groups of five, joined by '-': what people get to see.
  [[nodiscard]] crypto::Secret display() const;
  /// The 40 upper-case symbols in ASCII: what the derivations start from.
  [[nodiscard]] std::span<const std::uint8_t> canonical() const { return symbols_.bytes(); }

  [[nodiscard]] SystemKey clone() const { return SystemKey(symbols_.clone()); }

  /// Constant time.
  friend bool operator==(const SystemKey& a, const SystemKey& b) noexcept {
    return a.symbols_ == b.symbols_;
  }

 private:
  explicit SystemKey(crypto::Secret symbols) : symbols_(std::move(symbols)) {}
  crypto::Secret symbols_;
};

}  // namespace sfteams::keygen
