#pragma once

#include "base/error/error.h"

namespace sfteams::bus::codes {

// What is configured.
inline constexpr Code kBadServer{"bus.bad-server", Exit::config};
inline constexpr Code kPlainNotLoopback{"bus.plain-not-loopback", Exit::config};
inline constexpr Code kBadNode{"bus.bad-node", Exit::config};
inline constexpr Code kCredentials{"bus.credentials-unusable", Exit::config};
inline constexpr Code kTlsFile{"bus.tls-file-unreadable", Exit::config};

// Towards the servers; all are warnings, and it goes on trying.
inline constexpr Code kUnreachable{"bus.unreachable", Exit::unavailable};
inline constexpr Code kNotAuthorized{"bus.not-authorized", Exit::no_permission};
inline constexpr Code kTlsFailed{"bus.tls-failed", Exit::unavailable};
inline constexpr Code kLineLost{"bus.line-lost", Exit::unavailable};
/// The server does not let this user publish or subscribe something.
inline constexpr Code kNotPermitted{"bus.not-permitted", Exit::no_permission};

/// A thread or the library could not be started.
inline constexpr Code kFailed{"bus.failed", Exit::os_error};

}  // namespace sfteams::bus::codes
