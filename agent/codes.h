#pragma once

#include "error/error.h"

namespace sfteams::agent::codes {

inline constexpr Code kUsage{"agent.usage", Exit::usage};

// The process.
inline constexpr Code kAlreadyRunning{"agent.already-running", Exit::temp_failure};
/// On another host, or in another state directory, with the same identity.
inline constexpr Code kRunningElsewhere{"agent.running-elsewhere", Exit::temp_failure};
inline constexpr Code kNotRunning{"agent.not-running", Exit::unavailable};
inline constexpr Code kStateUnusable{"agent.state-unusable", Exit::io_error};

/// A warning: others could read or enter it; it has been closed to them.
inline constexpr Code kStateWasOpen{"agent.state-was-open", Exit::no_permission};
inline constexpr Code kStateDamaged{"agent.state-damaged", Exit::data_error};
inline constexpr Code kNoKey{"agent.no-key", Exit::config};
inline constexpr Code kKeyExists{"agent.key-exists", Exit::cant_create};
inline constexpr Code kTooManyKeys{"agent.too-many-keys", Exit::cant_create};
/// The connector has not acknowledged the system keys that are in force here.
inline constexpr Code kKeysNotTaken{"agent.keys-not-taken", Exit::unavailable};
inline constexpr Code kNotRegistered{"agent.not-registered", Exit::unavailable};
inline constexpr Code kPbxTooOld{"agent.pbx-too-old", Exit::unavailable};
inline constexpr Code kClockWrong{"agent.clock-wrong", Exit::os_error};
inline constexpr Code kNoOlderKey{"agent.no-older-key", Exit::config};
inline constexpr Code kNotHardened{"agent.not-hardened", Exit::os_error};
/// A warning: sessions may end before the connector notices that their clients' lines are dead.
inline constexpr Code kReadTimeoutShort{"agent.read-timeout-short", Exit::config};
inline constexpr Code kBadPattern{"agent.bad-pattern", Exit::config};
/// What a command prints could not be written.
inline constexpr Code kOutput{"agent.output", Exit::io_error};
inline constexpr Code kBadControl{"agent.bad-control-request", Exit::protocol};

/// The administration page wants to save, and may not.
inline constexpr Code kNotWritable{"admin.not-writable", Exit::no_permission};
/// It wants to save over what somebody has changed in the file meanwhile.
inline constexpr Code kChangedByHand{"admin.changed-by-hand", Exit::temp_failure};
inline constexpr Code kNoCheck{"agent.no-check", Exit::failure};
inline constexpr Code kNoSuchUser{"session.no-such-user", Exit::no_input};

// The sessions of clients.
inline constexpr Code kNotSignedIn{"session.not-signed-in", Exit::no_permission};
inline constexpr Code kAlreadySignedIn{"session.already-signed-in", Exit::failure};
inline constexpr Code kLoginPaused{"session.login-paused", Exit::temp_failure};
inline constexpr Code kTooManyCalls{"session.too-many-calls", Exit::temp_failure};
inline constexpr Code kMethodNotAllowed{"session.method-not-allowed", Exit::no_permission};
inline constexpr Code kAnswerTooLarge{"session.answer-too-large", Exit::data_error};
inline constexpr Code kSignedOut{"session.signed-out", Exit::no_permission};
/// Licences.
inline constexpr Code kNotNamed{"license.not-named", Exit::no_permission};
inline constexpr Code kNoSeat{"license.no-seat", Exit::temp_failure};
inline constexpr Code kSeatWithdrawn{"license.seat-withdrawn", Exit::no_permission};
inline constexpr Code kNotAdministrator{"license.not-administrator", Exit::no_permission};
inline constexpr Code kLicenseThere{"license.entered-already", Exit::cant_create};
inline constexpr Code kTooManyLicenses{"license.too-many", Exit::cant_create};
inline constexpr Code kNoSuchLicense{"license.not-entered", Exit::no_input};
inline constexpr Code kNoSuchHolder{"license.no-such-holder", Exit::no_input};

inline constexpr Code kUciDisabled{"uci.disabled", Exit::unavailable};
inline constexpr Code kShuttingDown{"session.shutting-down", Exit::temp_failure};

}  // namespace sfteams::agent::codes
