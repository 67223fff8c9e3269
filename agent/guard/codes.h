#pragma once

#include "base/error/error.h"

namespace sfteams::agent::codes {

inline constexpr Code kLoginPaused{"session.login-paused", Exit::temp_failure};
/// A warning: the PBX turns away a user whose password it had accepted; perhaps everybody.
inline constexpr Code kUserTurnedAway{"uci.user-turned-away", Exit::unavailable};

}  // namespace sfteams::agent::codes
