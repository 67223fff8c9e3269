#pragma once

#include "base/error/error.h"

namespace sfteams::crypto::codes {

inline constexpr Code kNoRandomness{"crypto.no-randomness", Exit::os_error};
/// A warning: core files could not be switched off.
inline constexpr Code kCoreFiles{"crypto.core-files", Exit::os_error};
inline constexpr Code kBadKey{"crypto.bad-key", Exit::data_error};

}  // namespace sfteams::crypto::codes
