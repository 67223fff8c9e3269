#pragma once

#include "base/error/error.h"

namespace sfteams::simulator::codes {

inline constexpr Code kUnknownSwitch{"simulator.unknown-switch", Exit::config};
inline constexpr Code kBadSwitch{"simulator.bad-switch", Exit::config};
inline constexpr Code kBadRule{"simulator.bad-rule", Exit::config};
inline constexpr Code kBadUsers{"simulator.bad-users", Exit::config};
inline constexpr Code kNotLoopback{"simulator.not-loopback", Exit::config};
inline constexpr Code kBadListen{"simulator.bad-listen", Exit::config};
inline constexpr Code kBadReach{"simulator.bad-reach", Exit::usage};
inline constexpr Code kPortFile{"simulator.port-file", Exit::cant_create};
inline constexpr Code kBadRequest{"simulator.bad-request", Exit::data_error};
inline constexpr Code kNotFound{"simulator.not-found", Exit::data_error};
inline constexpr Code kRefused{"simulator.refused", Exit::failure};
inline constexpr Code kUnreachable{"simulator.unreachable", Exit::unavailable};
inline constexpr Code kOutput{"simulator.output", Exit::io_error};

}  // namespace sfteams::simulator::codes
