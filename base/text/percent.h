#pragma once

#include <string>
#include <string_view>

namespace sfteams::text {

/// RFC 3986 section 2.1: everything but letters, digits, '-', '.', '_' and '~' as %XX.
[[nodiscard]] std::string percent_encode(std::string_view text);

/// The same behind what is there: with room reserved, no copy of a secret is left behind.
void append_percent_encoded(std::string& out, std::string_view text);

/// The opposite; a '%' that no two hexadecimal digits follow stays as it is. In a form's query '+'
/// is a space.
[[nodiscard]] std::string percent_decode(std::string_view text, bool plus_is_space);

/// The raw value of the first `name=value` in a query; empty when there is none.
[[nodiscard]] std::string_view query_value(std::string_view query, std::string_view name);

}  // namespace sfteams::text
