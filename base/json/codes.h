#pragma once

#include "base/error/error.h"

namespace sfteams::json::codes {

inline constexpr Code kTooLarge{"json.too-large", Exit::data_error};
inline constexpr Code kTooDeep{"json.too-deep", Exit::data_error};
inline constexpr Code kNotUtf8{"json.not-utf8", Exit::data_error};
/// A whole number that does not fit into 64 bits, so that other digits would be taken for it.
inline constexpr Code kNumberTooLarge{"json.number-too-large", Exit::data_error};
inline constexpr Code kSyntax{"json.syntax", Exit::data_error};

}  // namespace sfteams::json::codes
