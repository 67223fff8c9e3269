#pragma once

#include "base/error/error.h"

namespace sfteams::agent::codes {

/// A warning: sessions may end before the connector notices that their clients' lines are dead.
inline constexpr Code kReadTimeoutShort{"agent.read-timeout-short", Exit::config};
/// A warning: [license] named = pbx, and nothing can be asked of the PBX.
inline constexpr Code kRightsNotAsked{"agent.rights-not-asked", Exit::config};

}  // namespace sfteams::agent::codes
