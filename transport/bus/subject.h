#pragma once

#include <string_view>

namespace sfteams::bus {

/// The longest subject that is sent or subscribed, in bytes.
inline constexpr std::size_t kMostSubject = 1'024;

/// Whether something may be published on it: printable ASCII in tokens with dots between, none of
/// them empty, "*" or ">". Subjects to answer on come from strangers, and a space or a line break in
/// one would be a command of its own on the line.
[[nodiscard]] bool is_subject(std::string_view text);

/// The same with "*" for a token and ">" for the last one.
[[nodiscard]] bool is_pattern(std::string_view text);

}  // namespace sfteams::bus
