#pragma once

#include "base/error/error.h"

namespace sfteams::agent::codes {

inline constexpr Code kUsage{"agent.usage", Exit::usage};
inline constexpr Code kNotHardened{"agent.not-hardened", Exit::os_error};
/// What a command prints could not be written.
inline constexpr Code kOutput{"agent.output", Exit::io_error};

}  // namespace sfteams::agent::codes
