#include "tunnel/control.h"

#include <algorithm>
#include <stdexcept>

#include "base/crypto/hash.h"
#include "tunnel/byte_order.h"
#include "tunnel/byte_reader.h"
#include "tunnel/codes.h"
#include "tunnel/limits.h"
#include "tunnel/system_name.h"
#include "tunnel/wire_text.h"

namespace sfteams::tunnel {
namespace {

constexpr std::string_view kRegisterLabel = label("starface-teams/1 register");
constexpr std::string_view kAdmitLabel = label("starface-teams/1 admit");

constexpr std::size_t kSignatureSize = std::tuple_size_v<crypto::Ed25519Signature>;

void append(Bytes& out, ByteView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

template <std::size_t kSize>
void append_integer(Bytes& out, std::uint64_t value) {
  std::array<std::uint8_t, kSize> bytes{};
  store(std::span(bytes), value);
  append(out, bytes);
}

void append_short_text(Bytes& out, std::string_view text) {
  append_integer<1>(out, text.size());
  append(out, crypto::bytes_of(text));
}

bool has_repeated_id(std::span<const AdmissionKey> keys) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    for (std::size_t j = i + 1; j < keys.size(); ++j) {
      if (keys[i].id == keys[j].id) return true;
    }
  }
  return false;
}

void append_keys(Bytes& out, std::span<const AdmissionKey> keys) {
  if (keys.size() > kMaxAdmissionKeys || has_repeated_id(keys)) {
    throw std::invalid_argument("admission keys: at most 4, each id once");
  }
  append_integer<1>(out, keys.size());
  for (const AdmissionKey& key : keys) {
    append(out, key.id);
    append(out, key.key);
    append_integer<8>(out, key.expires);
  }
}

tl::unexpected<Error> malformed_frame(std::string_view frame) {
  return fail(codes::kControlMalformed, "a malformed " + std::string(frame) + " came",
              "the peer's software breaks the protocol");
}

tl::unexpected<Error> frame_of_other_version(std::string_view frame, std::uint8_t version) {
  return fail(codes::kVersionUnsupported,
              "a " + std::string(frame) + " came with protocol version " + std::to_string(version) +
                  ", this side speaks " + std::to_string(kProtocolVersion),
              "update the older of client, connector and agent");
}

std::vector<AdmissionKey> read_keys(ByteReader& reader) {
  std::vector<AdmissionKey> keys;
  const std::size_t count = reader.u8();
  // A count of more is found by the caller; nothing is allocated for it.
  for (std::size_t i = 0; i < count && count <= kMaxAdmissionKeys; ++i) {
    AdmissionKey key;
    key.id = reader.array<std::tuple_size_v<KeyId>>();
    key.key = reader.array<std::tuple_size_v<crypto::Ed25519PublicKey>>();
    key.expires = reader.u64();
    keys.push_back(key);
  }
  return keys;
}

Bytes transcript(std::string_view for_what, const Nonce& nonce, ByteView signed_part) {
  Bytes out;
  out.reserve(for_what.size() + nonce.size() + signed_part.size());
  append(out, crypto::bytes_of(for_what));
  append(out, nonce);
  append(out, signed_part);
  return out;
}

void append_signature(Bytes& payload, const crypto::Ed25519Key& key, std::string_view for_what,
                      const Nonce& nonce) {
  const crypto::Ed25519Signature signature = key.sign(transcript(for_what, nonce, payload));
  append(payload, signature);
}

bool is_signed(ByteView payload, const crypto::Ed25519PublicKey& key, std::string_view for_what,
               const Nonce& nonce) {
  if (payload.size() < kSignatureSize) return false;
  const auto signed_part = payload.first(payload.size() - kSignatureSize);
  return crypto::verify_ed25519(key, transcript(for_what, nonce, signed_part),
                                payload.last(kSignatureSize));
}

void require_name(std::string_view name) {
  if (!is_system_name(name)) {
    throw std::invalid_argument("a registration or admission needs a canonical system name");
  }
}

}  // namespace

Bytes encode_challenge(const Nonce& nonce) {
  Bytes out;
  append_integer<1>(out, kProtocolVersion);
  append(out, nonce);
  return out;
}

Result<Nonce> decode_challenge(ByteView payload) {
  ByteReader reader(payload);
  const std::uint8_t version = reader.u8();
  const Nonce nonce = reader.array<std::tuple_size_v<Nonce>>();
  if (reader.intact() && version != kProtocolVersion)
    return frame_of_other_version("CHALLENGE", version);
  if (!reader.complete()) return malformed_frame("CHALLENGE");
  return nonce;
}

Bytes make_register(const crypto::Ed25519Key& identity, const Nonce& nonce, std::string_view name,
                    std::span<const AdmissionKey> keys, std::string_view software) {
  require_name(name);
  if (!is_software(software)) throw std::invalid_argument("REGISTER: bad software text");
  Bytes out;
  append_integer<1>(out, kProtocolVersion);
  append_short_text(out, name);
  append(out, identity.public_key());
  append_keys(out, keys);
  append_short_text(out, software);
  append_signature(out, identity, kRegisterLabel, nonce);
  return out;
}

Result<Registration> decode_register(ByteView payload) {
  ByteReader reader(payload);
  const std::uint8_t version = reader.u8();
  if (reader.intact() && version != kProtocolVersion)
    return frame_of_other_version("REGISTER", version);
  Registration out;
  out.name = reader.text(reader.u8());
  out.identity = reader.array<std::tuple_size_v<crypto::Ed25519PublicKey>>();
  const std::size_t keys_at = reader.position();
  out.keys = read_keys(reader);
  if (keys_at < payload.size() && payload[keys_at] > kMaxAdmissionKeys)
    return malformed_frame("REGISTER");
  out.software = reader.text(reader.u8());
  (void)reader.bytes(kSignatureSize);
  if (!reader.complete() || has_repeated_id(out.keys) || !is_software(out.software)) {
    return malformed_frame("REGISTER");
  }
  if (!is_system_name(out.name)) {
    return fail(codes::kRegistrationRefused, "the name to be registered is no host name",
                "set [system] name in agent.ini to the host name of the PBX");
  }
  return out;
}

Result<Registration> verify_register(ByteView payload, const Nonce& nonce) {
  Result<Registration> out = decode_register(payload);
  if (out && !is_signed(payload, out->identity, kRegisterLabel, nonce)) {
    return fail(codes::kRegistrationRefused, "the signature of the registration is wrong",
                "the agent's software or state directory is damaged");
  }
  return out;
}

Bytes encode_registered(std::uint32_t max_streams, std::uint8_t features) {
  if (max_streams > kMaxStreams) throw std::invalid_argument("REGISTERED: too many streams");
  Bytes out;
  append_integer<1>(out, features);
  append_integer<3>(out, max_streams);
  return out;
}

Result<Registered> decode_registered(ByteView payload) {
  ByteReader reader(payload);
  const std::uint32_t both = reader.u32();
  const Registered registered{both & kMaxStreams, static_cast<std::uint8_t>(both >> 24U)};
  if (!reader.complete() || registered.max_streams == 0) return malformed_frame("REGISTERED");
  return registered;
}

Bytes encode_keys(std::span<const AdmissionKey> keys) {
  Bytes out;
  append_keys(out, keys);
  return out;
}

Result<std::vector<AdmissionKey>> decode_keys(ByteView payload) {
  if (payload.empty() || payload[0] > kMaxAdmissionKeys) return malformed_frame("KEYS");
  ByteReader reader(payload);
  std::vector<AdmissionKey> keys = read_keys(reader);
  if (!reader.complete() || has_repeated_id(keys)) return malformed_frame("KEYS");
  return keys;
}

Bytes encode_numbered_keys(std::uint32_t number, std::span<const AdmissionKey> keys) {
  Bytes out;
  append_integer<4>(out, number);
  append_keys(out, keys);
  return out;
}

Result<NumberedKeys> decode_numbered_keys(ByteView payload) {
  ByteReader reader(payload);
  NumberedKeys out;
  out.number = reader.u32();
  if (!reader.intact()) return malformed_frame("NUMBERED_KEYS");
  Result<std::vector<AdmissionKey>> keys = decode_keys(payload.subspan(reader.position()));
  if (!keys) return malformed_frame("NUMBERED_KEYS");
  out.keys = std::move(*keys);
  return out;
}

Bytes encode_keys_taken(std::uint32_t number) {
  Bytes out;
  append_integer<4>(out, number);
  return out;
}

Result<std::uint32_t> decode_keys_taken(ByteView payload) {
  ByteReader reader(payload);
  const std::uint32_t number = reader.u32();
  if (!reader.complete()) return malformed_frame("KEYS_TAKEN");
  return number;
}

Bytes make_admit(const crypto::Ed25519Key& admission_key, const Nonce& nonce, std::string_view name,
                 const KeyId& key_id) {
  require_name(name);
  Bytes out;
  append_integer<1>(out, kProtocolVersion);
  append_short_text(out, name);
  append(out, key_id);
  append_signature(out, admission_key, kAdmitLabel, nonce);
  return out;
}

Result<Admission> decode_admit(ByteView payload) {
  ByteReader reader(payload);
  const std::uint8_t version = reader.u8();
  if (reader.intact() && version != kProtocolVersion)
    return frame_of_other_version("ADMIT", version);
  Admission out;
  out.name = reader.text(reader.u8());
  out.key_id = reader.array<std::tuple_size_v<KeyId>>();
  (void)reader.bytes(kSignatureSize);
  if (!reader.complete()) return malformed_frame("ADMIT");
  if (!is_system_name(out.name)) {
    return fail(codes::kAdmissionRefused, "the name that a client asks for is no host name",
                "check the name in the key file");
  }
  return out;
}

bool verify_admit(ByteView payload, const Nonce& nonce,
                  const crypto::Ed25519PublicKey& admission_key) {
  return is_signed(payload, admission_key, kAdmitLabel, nonce);
}

Bytes encode_refused(const Refusal& refusal) {
  Bytes out;
  append_integer<2>(out, static_cast<std::uint16_t>(refusal.code));
  append_integer<2>(out, refusal.retry_after);
  append(out, crypto::bytes_of(printable(cut_reason(refusal.reason))));
  return out;
}

Result<Refusal> decode_refused(ByteView payload) {
  ByteReader reader(payload);
  Refusal out;
  out.code = static_cast<WireCode>(reader.u16());
  out.retry_after = reader.u16();
  const std::string_view reason = reader.rest_text();
  if (!reader.complete() || !is_reason(reason)) return malformed_frame("REFUSED");
  out.reason = printable(reason);
  return out;
}

Bytes encode_close(WireCode code, std::string_view reason) {
  Bytes out;
  append_integer<2>(out, static_cast<std::uint16_t>(code));
  append(out, crypto::bytes_of(printable(cut_reason(reason))));
  return out;
}

Result<StreamClose> decode_close(ByteView payload) {
  ByteReader reader(payload);
  StreamClose out;
  out.code = static_cast<WireCode>(reader.u16());
  const std::string_view reason = reader.rest_text();
  if (!reader.complete() || !is_reason(reason)) return malformed_frame("CLOSE");
  out.reason = printable(reason);
  return out;
}

Bytes encode_open(const KeyId& key_id) {
  return Bytes(key_id.begin(), key_id.end());
}

Result<KeyId> decode_open(ByteView payload) {
  ByteReader reader(payload);
  const KeyId id = reader.array<std::tuple_size_v<KeyId>>();
  if (!reader.complete()) return malformed_frame("OPEN");
  return id;
}

std::array<std::uint8_t, 4> encode_window(std::uint32_t credit) {
  std::array<std::uint8_t, 4> out{};
  store(std::span(out), credit);
  return out;
}

Result<std::uint32_t> decode_window(ByteView payload) {
  ByteReader reader(payload);
  const std::uint32_t credit = reader.u32();
  if (!reader.complete()) return malformed_frame("WINDOW");
  return credit;
}

}  // namespace sfteams::tunnel
