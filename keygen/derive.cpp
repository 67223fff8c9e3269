#include "keygen/derive.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/crypto/hash.h"

namespace sfteams::keygen {
namespace {

constexpr std::string_view kSalt = "starface-teams/1";

crypto::Secret derive(const SystemKey& key, std::string_view info, std::size_t size) {
  return crypto::hkdf_sha256(crypto::bytes_of(kSalt), key.canonical(), crypto::bytes_of(info),
                             size);
}

}  // namespace

crypto::Ed25519Key derive_admission_key(const SystemKey& key) {
  const crypto::Secret seed = derive(key, "admission ed25519 seed", 32);
  // 32 bytes are always a seed.
  return crypto::Ed25519Key::from_seed(seed.bytes()).value();
}

crypto::Secret derive_noise_psk(const SystemKey& key) {
  return derive(key, "noise psk", 32);
}

KeyId derive_key_id(const SystemKey& key) {
  KeyId id{};
  const crypto::Secret bytes = derive(key, "key id", id.size());
  std::ranges::copy(bytes.bytes(), id.begin());
  return id;
}

}  // namespace sfteams::keygen
