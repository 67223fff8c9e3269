#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sfteams::settings {

/// How many letters have to be put in, taken out or exchanged to make one of the other
/// (Levenshtein).
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The name that was probably meant; empty when none is near.
[[nodiscard]] std::string nearest(std::string_view written, const std::vector<std::string>& names);

}  // namespace sfteams::settings
