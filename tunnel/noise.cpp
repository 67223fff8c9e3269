#include "tunnel/noise.h"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <utility>

#include "base/error/counted.h"
#include "tunnel/byte_order.h"
#include "tunnel/codes.h"
#include "tunnel/limits.h"

namespace sfteams::tunnel {
namespace {

// 32 bytes or fewer stand in h as they are, filled up with zeros (section 5.2); this has
// exactly 32.
constexpr std::string_view kProtocolName = "Noise_NNpsk0_25519_AESGCM_SHA256";
static_assert(kProtocolName.size() == std::tuple_size_v<crypto::Sha256Digest>);

constexpr std::size_t kPublicKey = std::tuple_size_v<crypto::X25519PublicKey>;

tl::unexpected<Error> broken() {
  return fail(codes::kNoiseBroken, "this encrypted session has failed before", "open a new one");
}

}  // namespace

// --- NoiseCipher ---------------------------------------------------------------------------------

NoiseCipher::NoiseCipher(std::span<const std::uint8_t> key) : aead_(key) {}

// Section 12.3: 32 zero bits and the counter, big-endian.
crypto::AesGcm::Nonce NoiseCipher::nonce() const {
  crypto::AesGcm::Nonce nonce{};
  store(std::span(nonce).subspan<4, 8>(), counter_);
  return nonce;
}

Result<void> NoiseCipher::seal(std::span<const std::uint8_t> plaintext, std::span<std::uint8_t> out,
                               std::span<const std::uint8_t> associated) {
  // The highest number is reserved (section 5.1).
  if (broken_ || counter_ == std::numeric_limits<std::uint64_t>::max()) return broken();
  aead_.seal(nonce(), associated, plaintext, out);
  ++counter_;
  return {};
}

Result<void> NoiseCipher::open(std::span<const std::uint8_t> ciphertext,
                               std::span<std::uint8_t> out,
                               std::span<const std::uint8_t> associated) {
  if (broken_ || counter_ == std::numeric_limits<std::uint64_t>::max()) return broken();
  if (ciphertext.size() < kNoiseTag) {
    broken_ = true;
    return fail(codes::kNoiseLength,
                "an encrypted message of " + counted(ciphertext.size(), "byte") +
                    " came, shorter than its tag",
                "the peer's software breaks the protocol");
  }
  if (!aead_.open(nonce(), associated, ciphertext, out)) {
    broken_ = true;
    return fail(codes::kNoiseTampered,
                "an encrypted message was changed, repeated or left out on its way",
                "open a new session; if it stays, somebody between client and agent interferes");
  }
  ++counter_;
  return {};
}

// --- NoiseHandshake ------------------------------------------------------------------------------

NoiseHandshake::NoiseHandshake(Role role, std::span<const std::uint8_t> psk,
                               crypto::X25519Key ephemeral)
    : role_(role),
      psk_(psk),
      ephemeral_(std::move(ephemeral)),
      chaining_key_(crypto::bytes_of(kProtocolName)) {
  const auto name = crypto::bytes_of(kProtocolName);
  std::copy(name.begin(), name.end(), hash_.begin());
}

Result<NoiseHandshake> NoiseHandshake::start(Role role, std::span<const std::uint8_t> psk,
                                             std::span<const std::uint8_t> prologue,
                                             std::optional<crypto::X25519Key> ephemeral) {
  if (psk.size() != kNoiseKey) {
    throw std::invalid_argument("NoiseHandshake: the pre-shared key must have 32 bytes");
  }
  if (!ephemeral) {
    Result<crypto::X25519Key> generated = crypto::X25519Key::generate();
    if (!generated) return fail(std::move(generated.error()));
    ephemeral = std::move(*generated);
  }
  NoiseHandshake handshake(role, psk, std::move(*ephemeral));
  handshake.mix_hash(prologue);
  return handshake;
}

void NoiseHandshake::mix_hash(std::span<const std::uint8_t> data) {
  hash_ = crypto::sha256({hash_, data});
}

// MixKey. Noise's HKDF is that of RFC 5869 with the chaining key as salt and no info (section 4.3).
void NoiseHandshake::mix_key(std::span<const std::uint8_t> material) {
  const crypto::Secret out =
      crypto::hkdf_sha256(chaining_key_.bytes(), material, {}, 2 * kNoiseKey);
  chaining_key_ = crypto::Secret(out.bytes().first(kNoiseKey));
  cipher_.emplace(out.bytes().last(kNoiseKey));
}

// MixKeyAndHash (section 5.2), for the token "psk" (section 9.2).
void NoiseHandshake::mix_psk() {
  const crypto::Secret out =
      crypto::hkdf_sha256(chaining_key_.bytes(), psk_.bytes(), {}, 3 * kNoiseKey);
  chaining_key_ = crypto::Secret(out.bytes().first(kNoiseKey));
  mix_hash(out.bytes().subspan(kNoiseKey, kNoiseKey));
  cipher_.emplace(out.bytes().last(kNoiseKey));
  psk_ = crypto::Secret();
}

// Token "e": with a pre-shared key, the public key is mixed into the key as well (section 9.2).
void NoiseHandshake::mix_public_key(const crypto::X25519PublicKey& key) {
  mix_hash(key);
  mix_key(key);
}

Result<void> NoiseHandshake::mix_agreement() {
  Result<crypto::Secret> shared = ephemeral_.agree(remote_ephemeral_);
  if (!shared) {
    return fail(codes::kHandshakeFailed, "the peer's ephemeral key gives no shared secret",
                "the peer's software is broken or hostile");
  }
  mix_key(shared->bytes());
  return {};
}

Result<void> NoiseHandshake::seal_and_hash(std::span<const std::uint8_t> plaintext,
                                           std::span<std::uint8_t> out) {
  Result<void> sealed = cipher_->seal(plaintext, out, hash_);
  if (sealed) mix_hash(out.first(plaintext.size() + kNoiseTag));
  return sealed;
}

Result<void> NoiseHandshake::open_and_hash(std::span<const std::uint8_t> ciphertext,
                                           std::span<std::uint8_t> out) {
  if (!cipher_->open(ciphertext, out, hash_)) {
    return fail(codes::kHandshakeFailed,
                "the encrypted session could not be established: the peer has another system key "
                "or system name",
                "use the current key file of this PBX");
  }
  mix_hash(ciphertext);
  return {};
}

Result<std::size_t> NoiseHandshake::write_message(std::span<const std::uint8_t> payload,
                                                  std::span<std::uint8_t> out) {
  if (step_ == Step::over) return broken();
  const bool first = step_ == Step::first_message;
  if (first != (role_ == Role::initiator) || step_ == Step::finished) {
    throw std::logic_error("NoiseHandshake::write_message: it is the peer's turn");
  }
  const std::size_t size = kPublicKey + payload.size() + kNoiseTag;
  if (out.size() < size) throw std::logic_error("NoiseHandshake::write_message: no room");

  if (first) mix_psk();
  const crypto::X25519PublicKey& public_key = ephemeral_.public_key();
  std::copy(public_key.begin(), public_key.end(), out.begin());
  mix_public_key(public_key);
  Result<void> step = first ? Result<void>() : mix_agreement();
  if (step) step = seal_and_hash(payload, out.subspan(kPublicKey));
  if (!step) return end(std::move(step.error()));
  step_ = first ? Step::second_message : Step::finished;
  return size;
}

Result<std::size_t> NoiseHandshake::read_message(std::span<const std::uint8_t> message,
                                                 std::span<std::uint8_t> out) {
  if (step_ == Step::over) return broken();
  const bool first = step_ == Step::first_message;
  if (first != (role_ == Role::responder) || step_ == Step::finished) {
    throw std::logic_error("NoiseHandshake::read_message: it is our turn");
  }
  if (message.size() < kPublicKey + kNoiseTag ||
      message.size() - kPublicKey - kNoiseTag > out.size()) {
    return end(Error{codes::kNoiseLength,
                     "a handshake message of " + counted(message.size(), "byte") + " came",
                     "the peer's software breaks the protocol"});
  }
  if (first) mix_psk();
  std::copy_n(message.begin(), kPublicKey, remote_ephemeral_.begin());
  mix_public_key(remote_ephemeral_);
  Result<void> step = first ? Result<void>() : mix_agreement();
  if (step) step = open_and_hash(message.subspan(kPublicKey), out);
  if (!step) return end(std::move(step.error()));
  step_ = first ? Step::second_message : Step::finished;
  return message.size() - kPublicKey - kNoiseTag;
}

tl::unexpected<Error> NoiseHandshake::end(Error error) {
  step_ = Step::over;
  chaining_key_ = crypto::Secret();
  psk_ = crypto::Secret();
  cipher_.reset();
  return fail(std::move(error));
}

// Section 5.2: the first key is the initiator's for sending.
NoiseTransport NoiseHandshake::split() {
  if (step_ != Step::finished) throw std::logic_error("NoiseHandshake::split: not finished");
  step_ = Step::over;
  const crypto::Secret keys = crypto::hkdf_sha256(chaining_key_.bytes(), {}, {}, 2 * kNoiseKey);
  chaining_key_ = crypto::Secret();
  cipher_.reset();
  NoiseCipher first(keys.bytes().first(kNoiseKey));
  NoiseCipher second(keys.bytes().last(kNoiseKey));
  if (role_ == Role::initiator) return {std::move(first), std::move(second), hash_};
  return {std::move(second), std::move(first), hash_};
}

}  // namespace sfteams::tunnel
