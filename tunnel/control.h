#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto/ed25519.h"
#include "base/error/error.h"
#include "tunnel/wire_code.h"

/// Payloads of the frames that control a link and its streams: encoders give the payload, decoders
/// take it and refuse everything that is too short, too long, or not in canonical form. Malformed
/// input fails with tunnel.control-malformed, a version other than 1 with
/// tunnel.version-unsupported.
namespace sfteams::tunnel {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;
using Nonce = std::array<std::uint8_t, 32>;
using KeyId = std::array<std::uint8_t, 8>;

// --- CHALLENGE: connector -> peer, first thing after the upgrade ---------------------------------

[[nodiscard]] Bytes encode_challenge(const Nonce& nonce);
[[nodiscard]] Result<Nonce> decode_challenge(ByteView payload);

// --- REGISTER, REGISTERED, KEYS, NUMBERED_KEYS, KEYS_TAKEN: the agent's link ---------------------

/// A key by which clients are admitted.
struct AdmissionKey {
  KeyId id{};
  crypto::Ed25519PublicKey key{};
  std::uint64_t expires = 0;  ///< unix seconds; 0: never

  friend bool operator==(const AdmissionKey&, const AdmissionKey&) = default;
};

struct Registration {
  std::string name;
  crypto::Ed25519PublicKey identity{};
  std::vector<AdmissionKey> keys;  ///< 0 … 4
  std::string software;            ///< "starface-teams-agent/0.1.0", printable ASCII, at most 64
};

/// The payload of REGISTER, signed by `identity` (whose public key goes in) over
/// "starface-teams/1 register" 0x00 | nonce | everything before the signature. A name that is no
/// system name, more than 4 keys or a bad software text is a programmer's error
/// (std::invalid_argument).
[[nodiscard]] Bytes make_register(const crypto::Ed25519Key& identity, const Nonce& nonce,
                                  std::string_view name, std::span<const AdmissionKey> keys,
                                  std::string_view software);

/// What the agent says; nothing of it is proven yet. Fails with tunnel.registration-refused for a
/// name that is no system name.
[[nodiscard]] Result<Registration> decode_register(ByteView payload);

/// Decodes REGISTER and checks its signature by the identity that stands in it. Fails with
/// tunnel.registration-refused for a wrong signature or a name that is no system name. Whether this
/// identity may have the name is the registry's question.
[[nodiscard]] Result<Registration> verify_register(ByteView payload, const Nonce& nonce);

/// A bit of Registered::features: the connector answers NUMBERED_KEYS with KEYS_TAKEN. Without it
/// the agent sends KEYS, which is not answered.
inline constexpr std::uint8_t kFeatureKeysTaken = 0x01;

struct Registered {
  std::uint32_t max_streams = 0;  ///< 1 … kMaxStreams
  std::uint8_t features = 0;      ///< bits that the receiver does not know are to be ignored

  [[nodiscard]] bool acknowledges_keys() const { return (features & kFeatureKeysTaken) != 0; }
  friend bool operator==(const Registered&, const Registered&) = default;
};

/// More than kMaxStreams is a programmer's error (std::invalid_argument).
[[nodiscard]] Bytes encode_registered(std::uint32_t max_streams, std::uint8_t features = 0);
[[nodiscard]] Result<Registered> decode_registered(ByteView payload);

/// KEYS replaces the whole list. More than 4 keys, or two with one id, is a programmer's error when
/// encoding (std::invalid_argument) and malformed when decoding.
[[nodiscard]] Bytes encode_keys(std::span<const AdmissionKey> keys);
[[nodiscard]] Result<std::vector<AdmissionKey>> decode_keys(ByteView payload);

/// KEYS with a number, by which KEYS_TAKEN acknowledges it. The agent counts from 1 on each link.
struct NumberedKeys {
  std::uint32_t number = 0;
  std::vector<AdmissionKey> keys;  ///< as in KEYS

  friend bool operator==(const NumberedKeys&, const NumberedKeys&) = default;
};

[[nodiscard]] Bytes encode_numbered_keys(std::uint32_t number, std::span<const AdmissionKey> keys);
[[nodiscard]] Result<NumberedKeys> decode_numbered_keys(ByteView payload);

/// The keys of the NUMBERED_KEYS with this number are in force at the connector.
[[nodiscard]] Bytes encode_keys_taken(std::uint32_t number);
[[nodiscard]] Result<std::uint32_t> decode_keys_taken(ByteView payload);

// --- ADMIT: the client's link; ADMITTED has no payload -------------------------------------------

struct Admission {
  std::string name;
  KeyId key_id{};
};

/// The payload of ADMIT, signed by the admission key over "starface-teams/1 admit" 0x00 | nonce |
/// everything before the signature.
[[nodiscard]] Bytes make_admit(const crypto::Ed25519Key& admission_key, const Nonce& nonce,
                               std::string_view name, const KeyId& key_id);

/// What the client says; nothing of it is proven yet. A name that is no system name fails with
/// tunnel.admission-refused.
[[nodiscard]] Result<Admission> decode_admit(ByteView payload);

/// True when `payload` (which decode_admit took) is signed by the admission key. For a name or key
/// id that is not known, call it all the same with any other valid key and refuse: unknown name and
/// wrong key then cost the same.
[[nodiscard]] bool verify_admit(ByteView payload, const Nonce& nonce,
                                const crypto::Ed25519PublicKey& admission_key);

// --- REFUSED and CLOSE ---------------------------------------------------------------------------

struct Refusal {
  WireCode code = WireCode::internal;
  std::uint16_t retry_after = 0;  ///< seconds; 0: not said
  std::string reason;             ///< printable UTF-8, at most 120 bytes, may be empty
};

/// A reason that is too long is cut at a character's border; control characters become '?', here
/// and when decoding. A reason that is not UTF-8 is malformed.
[[nodiscard]] Bytes encode_refused(const Refusal& refusal);
[[nodiscard]] Result<Refusal> decode_refused(ByteView payload);

struct StreamClose {
  WireCode code = WireCode::normal;
  std::string reason;  ///< as in Refusal
};

[[nodiscard]] Bytes encode_close(WireCode code, std::string_view reason);
[[nodiscard]] Result<StreamClose> decode_close(ByteView payload);

// --- OPEN and WINDOW -----------------------------------------------------------------------------

/// The id of the admission key that let the client in.
[[nodiscard]] Bytes encode_open(const KeyId& key_id);
[[nodiscard]] Result<KeyId> decode_open(ByteView payload);

/// Additional credit in bytes; any value, also 0 (tunnel/credit.h refuses it).
[[nodiscard]] std::array<std::uint8_t, 4> encode_window(std::uint32_t credit);
[[nodiscard]] Result<std::uint32_t> decode_window(ByteView payload);

}  // namespace sfteams::tunnel
