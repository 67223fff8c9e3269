#pragma once

#include "base/error/error.h"

namespace sfteams::agent::codes {

inline constexpr Code kAlreadyRunning{"agent.already-running", Exit::temp_failure};
inline constexpr Code kStateUnusable{"agent.state-unusable", Exit::io_error};
inline constexpr Code kStateDamaged{"agent.state-damaged", Exit::data_error};

}  // namespace sfteams::agent::codes
