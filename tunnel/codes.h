#pragma once

#include "base/error/error.h"

/// Stable names of every failure of this room. Each one also has a number of the wire
/// (wire_code_for() in tunnel/wire_code.h), so that it can be told to the peer.
namespace sfteams::tunnel::codes {

// What one side tells the other: one for each WireCode.
inline constexpr Code kNormal{"tunnel.normal", Exit::ok};
inline constexpr Code kProtocolError{"tunnel.protocol-error", Exit::protocol};
inline constexpr Code kVersionUnsupported{"tunnel.version-unsupported", Exit::protocol};
inline constexpr Code kAdmissionRefused{"tunnel.admission-refused", Exit::no_permission};
inline constexpr Code kPbxOffline{"tunnel.pbx-offline", Exit::unavailable};
inline constexpr Code kNameTaken{"tunnel.name-taken", Exit::no_permission};
inline constexpr Code kNameNotEnrolled{"tunnel.name-not-enrolled", Exit::no_permission};
inline constexpr Code kTryAgainLater{"tunnel.try-again-later", Exit::temp_failure};
inline constexpr Code kRegistrationRefused{"tunnel.registration-refused", Exit::no_permission};
inline constexpr Code kTooManyStreams{"tunnel.too-many-streams", Exit::temp_failure};
inline constexpr Code kKeyRevoked{"tunnel.key-revoked", Exit::no_permission};
inline constexpr Code kReplaced{"tunnel.replaced", Exit::unavailable};
inline constexpr Code kTimeout{"tunnel.timeout", Exit::unavailable};
inline constexpr Code kFlowControl{"tunnel.flow-control", Exit::protocol};
inline constexpr Code kHandshakeFailed{"tunnel.handshake-failed", Exit::no_permission};
inline constexpr Code kSessionUnknown{"tunnel.session-unknown", Exit::unavailable};
inline constexpr Code kSessionEnded{"tunnel.session-ended", Exit::unavailable};
inline constexpr Code kTooSlow{"tunnel.too-slow", Exit::unavailable};
inline constexpr Code kTooLarge{"tunnel.too-large", Exit::data_error};
inline constexpr Code kShuttingDown{"tunnel.shutting-down", Exit::unavailable};
inline constexpr Code kInternal{"tunnel.internal", Exit::software};
inline constexpr Code kNameDisabled{"tunnel.name-disabled", Exit::no_permission};
/// A number from the wire that this version does not know.
inline constexpr Code kUnknownCode{"tunnel.unknown-code", Exit::protocol};

// Websocket messages and frames.
inline constexpr Code kMessageEmpty{"tunnel.message-empty", Exit::protocol};
inline constexpr Code kMessageOversize{"tunnel.message-oversize", Exit::protocol};
inline constexpr Code kFrameTruncated{"tunnel.frame-truncated", Exit::protocol};
inline constexpr Code kFrameLength{"tunnel.frame-bad-length", Exit::protocol};
inline constexpr Code kFrameFlags{"tunnel.frame-reserved-flags", Exit::protocol};
inline constexpr Code kFrameType{"tunnel.frame-unknown-type", Exit::protocol};
inline constexpr Code kFrameStream{"tunnel.frame-wrong-stream", Exit::protocol};
inline constexpr Code kFrameUnexpected{"tunnel.frame-unexpected", Exit::protocol};
inline constexpr Code kControlMalformed{"tunnel.control-malformed", Exit::protocol};

// Credit.
inline constexpr Code kCreditOverrun{"tunnel.credit-overrun", Exit::protocol};
inline constexpr Code kCreditOverflow{"tunnel.credit-overflow", Exit::protocol};
inline constexpr Code kCreditZero{"tunnel.credit-zero", Exit::protocol};

// Noise.
inline constexpr Code kNoiseLength{"tunnel.noise-bad-length", Exit::protocol};
inline constexpr Code kNoiseTampered{"tunnel.noise-tampered", Exit::protocol};
inline constexpr Code kNoiseBroken{"tunnel.noise-broken", Exit::protocol};

// Records and messages inside a session.
inline constexpr Code kRecordMalformed{"tunnel.record-malformed", Exit::protocol};
inline constexpr Code kRecordType{"tunnel.record-unknown-type", Exit::protocol};
inline constexpr Code kRecordUnexpected{"tunnel.record-unexpected", Exit::protocol};
inline constexpr Code kNumberGap{"tunnel.number-gap", Exit::protocol};
inline constexpr Code kFragmentOrder{"tunnel.fragment-order", Exit::protocol};
inline constexpr Code kAckUnsent{"tunnel.ack-unsent", Exit::protocol};
inline constexpr Code kQueueFull{"tunnel.queue-full", Exit::unavailable};
inline constexpr Code kChannelClosed{"tunnel.channel-closed", Exit::unavailable};

}  // namespace sfteams::tunnel::codes
