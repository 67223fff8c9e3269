#pragma once

#include <optional>

#include "base/crypto/ed25519.h"
#include "connector/registry/registration_mode.h"
#include "connector/registry/registry.h"

namespace sfteams::connector {

/// What a proven identity gets that asks for a name.
enum class Claim {
  owned,         ///< it is the owner
  free,          ///< nobody owns it, and it may be pinned now
  taken,         ///< another identity owns it
  not_enrolled,  ///< the operator has not let this name in
  disabled,      ///< the operator lets it in no more, for now
};

/// `known` is what the registry says of the name; nullopt: nothing.
[[nodiscard]] inline Claim judge_claim(const std::optional<Ownership>& known,
                                       const crypto::Ed25519PublicKey& identity,
                                       RegistrationMode mode) {
  if (mode == RegistrationMode::enrolled && !(known && known->enrolled)) return Claim::not_enrolled;
  // Strangers are not told more than ever.
  if (known && known->identity && *known->identity != identity) return Claim::taken;
  if (known && known->disabled) return Claim::disabled;
  return known && known->identity ? Claim::owned : Claim::free;
}

}  // namespace sfteams::connector
