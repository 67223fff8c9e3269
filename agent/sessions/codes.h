#pragma once

#include "base/error/error.h"

namespace sfteams::agent::codes {

inline constexpr Code kNotSignedIn{"session.not-signed-in", Exit::no_permission};
inline constexpr Code kAlreadySignedIn{"session.already-signed-in", Exit::failure};
inline constexpr Code kTooManyCalls{"session.too-many-calls", Exit::temp_failure};
inline constexpr Code kMethodNotAllowed{"session.method-not-allowed", Exit::no_permission};
/// A client wants to go on with a session, and cannot prove that it is its own.
inline constexpr Code kWrongProof{"session.wrong-proof", Exit::no_permission};
/// A warning: an event of the PBX was not sent to a client.
inline constexpr Code kEventTooLarge{"session.event-too-large", Exit::data_error};
inline constexpr Code kAnswerTooLarge{"session.answer-too-large", Exit::data_error};

}  // namespace sfteams::agent::codes
