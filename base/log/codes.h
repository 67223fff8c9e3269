#pragma once

#include "base/error/error.h"

namespace sfteams::log::codes {

inline constexpr Code kLevelUnknown{"log.level-unknown", Exit::config};

}  // namespace sfteams::log::codes
