#pragma once

#include <cstdint>
#include <span>

#include "base/crypto/ed25519.h"
#include "base/error/error.h"
#include "tunnel/control.h"

namespace sfteams::connector {

/// Whether a client may pass: it has to prove that it holds the admission key of the name. The
/// connector knows only the public half, and never the system key.
class Admission {
 public:
  /// With a key of which nobody has the private half. Fails with crypto.no-randomness.
  [[nodiscard]] static Result<Admission> create();
  /// `nobodys`: what is verified against when there is no other key. A point of the curve, or a
  /// wrong client is refused early and learns that there was none.
  explicit Admission(const crypto::Ed25519PublicKey& nobodys) : nobodys_(nobodys) {}

  /// `payload` is the ADMIT that `request` was decoded from, `keys` what the name's owner
  /// registered: none for an unknown name. Exactly one signature is verified in every case, against
  /// a key of our own when there is no other, so that an unknown name, an unknown or expired key id
  /// and a wrong key cost the same. `now` is in unix seconds; a key is expired from its second on.
  [[nodiscard]] bool proven(const tunnel::Admission& request, tunnel::ByteView payload,
                            const tunnel::Nonce& nonce, std::span<const tunnel::AdmissionKey> keys,
                            std::int64_t now) const;

 private:
  crypto::Ed25519PublicKey nobodys_;
};

}  // namespace sfteams::connector
