#pragma once

#include "base/error/error.h"

namespace sfteams::diagnosis::codes {

/// On another host, or in another state directory, with the same identity.
inline constexpr Code kRunningElsewhere{"agent.running-elsewhere", Exit::temp_failure};
inline constexpr Code kNotRegistered{"agent.not-registered", Exit::unavailable};
inline constexpr Code kPbxTooOld{"agent.pbx-too-old", Exit::unavailable};
inline constexpr Code kClockWrong{"agent.clock-wrong", Exit::os_error};
/// The running agent's configuration is not that of the file.
inline constexpr Code kFileNotRead{"agent.file-not-read", Exit::config};

// Warnings: it works, or may work, but something should be looked after.
inline constexpr Code kProxyPasswordOpen{"agent.proxy-password-open", Exit::no_permission};
inline constexpr Code kProxyOfEnvironment{"agent.proxy-of-environment", Exit::config};
inline constexpr Code kLittleSpace{"agent.little-space", Exit::io_error};
inline constexpr Code kNoIdentity{"agent.no-identity", Exit::no_input};
inline constexpr Code kNoState{"agent.no-state", Exit::no_input};
/// The connector's certificate comes from an authority that was added on this host.
inline constexpr Code kLocalAuthority{"agent.local-authority", Exit::config};
inline constexpr Code kCertificateEndsSoon{"agent.certificate-ends-soon", Exit::config};
inline constexpr Code kClockOff{"agent.clock-off", Exit::os_error};
inline constexpr Code kClockNotSet{"agent.clock-not-set", Exit::os_error};
inline constexpr Code kPbxVersionUnknown{"agent.pbx-version-unknown", Exit::unavailable};
inline constexpr Code kSeatsEndSoon{"license.seats-end-soon", Exit::config};

}  // namespace sfteams::diagnosis::codes
