#pragma once

#include "base/error/error.h"

namespace sfteams::agent::codes {

/// The administration page asks for a diagnosis that the daemon was not given.
inline constexpr Code kNoCheck{"agent.no-check", Exit::failure};

}  // namespace sfteams::agent::codes
