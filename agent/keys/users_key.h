#pragma once

#include <string>

#include "agent/configuration/configuration.h"
#include "agent/keys/key_ring.h"
#include "keygen/key_file.h"

namespace sfteams::agent {

/// Where clients find the connector: as the agent does, without the path.
[[nodiscard]] std::string connector_of(const Configuration& configuration);

/// What the users get: this key, and where it leads.
[[nodiscard]] keygen::KeyFile users_key(const Configuration& configuration, const StoredKey& key);

}  // namespace sfteams::agent
