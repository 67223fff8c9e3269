#pragma once

#include "base/error/error.h"

namespace sfteams::agent::codes {

inline constexpr Code kNoKey{"agent.no-key", Exit::config};
inline constexpr Code kKeyExists{"agent.key-exists", Exit::cant_create};
inline constexpr Code kTooManyKeys{"agent.too-many-keys", Exit::cant_create};
inline constexpr Code kNoOlderKey{"agent.no-older-key", Exit::config};

}  // namespace sfteams::agent::codes
