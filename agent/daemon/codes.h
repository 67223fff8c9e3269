#pragma once

#include "base/error/error.h"

namespace sfteams::agent::codes {

/// Nothing answers at the control socket.
inline constexpr Code kNotRunning{"agent.not-running", Exit::unavailable};
inline constexpr Code kBadControl{"agent.bad-control-request", Exit::protocol};
/// A warning: sessions or logins at the PBX did not end within the time of a stop.
inline constexpr Code kStopCutOff{"agent.stop-cut-off", Exit::temp_failure};
inline constexpr Code kNoSuchUser{"session.no-such-user", Exit::no_input};
/// The administration page wants to save, and may not.
inline constexpr Code kNotWritable{"admin.not-writable", Exit::no_permission};
/// It wants to save over what somebody has changed in the file meanwhile.
inline constexpr Code kChangedByHand{"admin.changed-by-hand", Exit::temp_failure};

}  // namespace sfteams::agent::codes
