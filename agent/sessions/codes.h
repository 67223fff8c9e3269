#pragma once

#include "base/error/error.h"

namespace sfteams::agent::codes {

inline constexpr Code kNotSignedIn{"session.not-signed-in", Exit::no_permission};
inline constexpr Code kAlreadySignedIn{"session.already-signed-in", Exit::failure};
inline constexpr Code kTooManyCalls{"session.too-many-calls", Exit::temp_failure};
inline constexpr Code kMethodNotAllowed{"session.method-not-allowed", Exit::no_permission};
inline constexpr Code kAnswerTooLarge{"session.answer-too-large", Exit::data_error};

}  // namespace sfteams::agent::codes
