#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sfteams::simulator {

/// "a, b,,c" is a, b and c.
[[nodiscard]] std::vector<std::string> split_list(std::string_view text);

/// '*' in `pattern` stands for any text, also none and also with dots.
[[nodiscard]] bool matches(std::string_view pattern, std::string_view text);

/// The first `most` bytes, without cutting a UTF-8 character, and "…" when something is missing.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t most);

}  // namespace sfteams::simulator
