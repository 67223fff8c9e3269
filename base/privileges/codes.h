#pragma once

#include "base/error/error.h"

namespace sfteams::privileges::codes {

inline constexpr Code kRefused{"privileges.refused", Exit::os_error};

}  // namespace sfteams::privileges::codes
