#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "agent/licensing/seats.h"
#include "base/crypto/ed25519.h"

namespace sfteams::agent {

/// [license] of the configuration: who may sign in, and whose floating licences count.
struct LicenseSettings {
  Seats::Rules rules;
  std::vector<crypto::Ed25519PublicKey> issuers;  ///< whose floating licences count
  /// Users who may see and withdraw seats; among rules.named, too.
  std::set<std::string, std::less<>> administrators;
  friend bool operator==(const LicenseSettings&, const LicenseSettings&) = default;
};

}  // namespace sfteams::agent
