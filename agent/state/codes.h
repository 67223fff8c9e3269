#pragma once

#include "base/error/error.h"

namespace sfteams::agent::codes {

inline constexpr Code kAlreadyRunning{"agent.already-running", Exit::temp_failure};
inline constexpr Code kStateUnusable{"agent.state-unusable", Exit::io_error};
/// A warning: others could read or enter it; it has been closed to them.
inline constexpr Code kStateWasOpen{"agent.state-was-open", Exit::no_permission};
inline constexpr Code kStateDamaged{"agent.state-damaged", Exit::data_error};

}  // namespace sfteams::agent::codes
