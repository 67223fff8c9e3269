#pragma once

#include <cstddef>
#include <string_view>

#include "base/error/error.h"

namespace sfteams::json {

/// Before parse(): whether a text holds at most `most` values, counted as its commas and opening
/// brackets outside strings. A value of two bytes costs the parser some 300 ns and 100 bytes, so
/// 256 KiB of them would stop a loop for longer than a text of that size is worth. Fails with
/// json.too-large. Takes any bytes.
[[nodiscard]] Result<void> check_values(std::string_view text, std::size_t most);

}  // namespace sfteams::json
