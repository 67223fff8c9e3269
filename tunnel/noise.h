#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/crypto/aes_gcm.h"
#include "base/crypto/hash.h"
#include "base/crypto/secret.h"
#include "base/crypto/x25519.h"
#include "base/error/error.h"

/// Noise_NNpsk0_25519_AESGCM_SHA256, Noise Protocol Framework revision 34.
namespace sfteams::tunnel {

inline constexpr std::size_t kNoiseKey = 32;

/// CipherState (section 5.1): one direction after the handshake. Encrypts in order; the nonce is
/// the message's number and never travels.
class NoiseCipher {
 public:
  explicit NoiseCipher(std::span<const std::uint8_t> key);

  /// Writes plaintext.size() + 16 bytes to `out`, which may start where the plaintext starts. A
  /// shorter `out` is a programmer's error (std::invalid_argument). Fails with tunnel.noise-broken
  /// once 2^64 - 1 messages have been sealed.
  [[nodiscard]] Result<void> seal(std::span<const std::uint8_t> plaintext,
                                  std::span<std::uint8_t> out,
                                  std::span<const std::uint8_t> associated = {});

  /// Writes ciphertext.size() - 16 bytes to `out`. Fails with tunnel.noise-bad-length for fewer
  /// than 16 bytes and with tunnel.noise-tampered when the tag does not fit: changed, repeated,
  /// left out, of another key. After a failure it opens nothing more: tunnel.noise-broken.
  [[nodiscard]] Result<void> open(std::span<const std::uint8_t> ciphertext,
                                  std::span<std::uint8_t> out,
                                  std::span<const std::uint8_t> associated = {});

 private:
  [[nodiscard]] crypto::AesGcm::Nonce nonce() const;

  crypto::AesGcm aead_;
  std::uint64_t counter_ = 0;
  bool broken_ = false;
};

/// Both directions, seen from one end.
struct NoiseTransport {
  NoiseCipher send;
  NoiseCipher receive;
  crypto::Sha256Digest handshake_hash;  ///< for channel binding (section 11.2)
};

/// HandshakeState (section 5.3) for the one pattern
///   -> psk, e
///   <- e, ee
/// Any failure poisons the object: everything after it is tunnel.noise-broken. Keys are wiped.
class NoiseHandshake {
 public:
  enum class Role { initiator, responder };

  /// `psk` is 32 bytes; another size is a programmer's error (std::invalid_argument). The prologue
  /// is copied into the hash. `ephemeral` only for test vectors: a key pair is used once.
  /// Fails with crypto.no-randomness.
  [[nodiscard]] static Result<NoiseHandshake> start(
      Role role, std::span<const std::uint8_t> psk, std::span<const std::uint8_t> prologue,
      std::optional<crypto::X25519Key> ephemeral = std::nullopt);

  /// Writes the message of this role: 48 bytes and the payload, and returns its length. Out of
  /// turn, or too small an `out`, is a programmer's error (std::logic_error).
  [[nodiscard]] Result<std::size_t> write_message(std::span<const std::uint8_t> payload,
                                                  std::span<std::uint8_t> out);

  /// Reads the peer's message and returns the length of its payload in `out`. Fails with
  /// tunnel.noise-bad-length (shorter than 48 bytes, payload longer than `out`),
  /// tunnel.handshake-failed (another pre-shared key, another name, a changed message, a key that
  /// gives no secret). Out of turn is a programmer's error (std::logic_error).
  [[nodiscard]] Result<std::size_t> read_message(std::span<const std::uint8_t> message,
                                                 std::span<std::uint8_t> out);

  /// True when both messages have passed; then split() is due, once.
  [[nodiscard]] bool finished() const { return step_ == Step::finished; }
  [[nodiscard]] NoiseTransport split();

 private:
  enum class Step { first_message, second_message, finished, over };

  NoiseHandshake(Role role, std::span<const std::uint8_t> psk, crypto::X25519Key ephemeral);
  void mix_hash(std::span<const std::uint8_t> data);
  void mix_key(std::span<const std::uint8_t> material);
  void mix_psk();
  void mix_public_key(const crypto::X25519PublicKey& key);
  [[nodiscard]] Result<void> mix_agreement();
  [[nodiscard]] Result<void> seal_and_hash(std::span<const std::uint8_t> plaintext,
                                           std::span<std::uint8_t> out);
  [[nodiscard]] Result<void> open_and_hash(std::span<const std::uint8_t> ciphertext,
                                           std::span<std::uint8_t> out);
  /// Wipes what there is and hands the failure up.
  [[nodiscard]] tl::unexpected<Error> end(Error error);

  Role role_;
  Step step_ = Step::first_message;
  crypto::Secret psk_;
  crypto::X25519Key ephemeral_;
  crypto::X25519PublicKey remote_ephemeral_{};
  crypto::Secret chaining_key_;
  crypto::Sha256Digest hash_{};
  std::optional<NoiseCipher> cipher_;
};

}  // namespace sfteams::tunnel
