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

// What `config check` finds at a server.
inline constexpr Code kOpenServer{"bus.open-server", Exit::config};
inline constexpr Code kRightsMissing{"bus.rights-missing", Exit::config};
/// The node's user may change or delete the log.
inline constexpr Code kRightsExcess{"bus.rights-excess", Exit::config};
inline constexpr Code kServerTooOld{"bus.server-too-old", Exit::config};
/// A warning: everybody who reaches it may try passwords.
inline constexpr Code kClientsUnverified{"bus.clients-unverified", Exit::config};

/// A thread or the library could not be started.
inline constexpr Code kFailed{"bus.failed", Exit::os_error};

}  // namespace sfteams::bus::codes
