#pragma once

#include <string>

#include "agent/keys/key_ring.h"
#include "keygen/key_file.h"
#include "transport/url.h"

namespace sfteams::agent {

/// Where clients find the connector: as the agent does, without the path.
[[nodiscard]] std::string connector_of(const transport::Url& url);

/// What the users get: this key, and where it leads. `name`: the canonical system name.
[[nodiscard]] keygen::KeyFile users_key(const std::string& name, const transport::Url& connector,
                                        const StoredKey& key);

}  // namespace sfteams::agent
