#pragma once

#include "base/error/error.h"

namespace sfteams::diagnosis::codes {

/// On another host, or in another state directory, with the same identity.
inline constexpr Code kRunningElsewhere{"agent.running-elsewhere", Exit::temp_failure};
inline constexpr Code kNotRegistered{"agent.not-registered", Exit::unavailable};
inline constexpr Code kPbxTooOld{"agent.pbx-too-old", Exit::unavailable};
inline constexpr Code kClockWrong{"agent.clock-wrong", Exit::os_error};

}  // namespace sfteams::diagnosis::codes
