#include "connector/admission.h"

namespace sfteams::connector {

Result<Admission> Admission::create() {
  const Result<crypto::Ed25519Key> key = crypto::Ed25519Key::generate();
  if (!key) return fail(key.error());
  return Admission(key->public_key());
}

bool Admission::proven(const tunnel::Admission& request, tunnel::ByteView payload,
                       const tunnel::Nonce& nonce, std::span<const tunnel::AdmissionKey> keys,
                       std::int64_t now) const {
  const tunnel::AdmissionKey* meant = nullptr;
  for (const tunnel::AdmissionKey& key : keys) {
    // The id is no secret: it goes over the wire in the clear.
    if (key.id == request.key_id) meant = &key;
  }
  const bool valid =
      meant != nullptr && (meant->expires == 0 || static_cast<std::uint64_t>(now) < meant->expires);
  const bool fits = tunnel::verify_admit(payload, nonce, meant == nullptr ? nobodys_ : meant->key);
  return fits && valid;
}

}  // namespace sfteams::connector
