#pragma once

#include "base/error/error.h"

namespace sfteams::agent::codes {

/// The connector has not acknowledged the system keys that are in force here.
inline constexpr Code kKeysNotTaken{"agent.keys-not-taken", Exit::unavailable};
/// The connector broke the limit that it has announced itself.
inline constexpr Code kConnectorOverLimit{"agent.connector-over-limit", Exit::protocol};

}  // namespace sfteams::agent::codes
