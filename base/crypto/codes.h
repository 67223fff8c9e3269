#pragma once

#include "base/error/error.h"

namespace sfteams::crypto::codes {

inline constexpr Code kNoRandomness{"crypto.no-randomness", Exit::os_error};
inline constexpr Code kBadKey{"crypto.bad-key", Exit::data_error};

}  // namespace sfteams::crypto::codes
