#pragma once

#include <string>
#include <string_view>

namespace sfteams::text {

/// The text as it may stand in one line of a log or a terminal: control characters (C0, DEL, C1),
/// line and paragraph separators, the marks that reorder a line, and bytes that are no UTF-8 become
/// \xNN or \u{NNNN}; line feed, carriage return and tab become \n, \r and \t, and a backslash
/// becomes two.
[[nodiscard]] std::string one_line(std::string_view text);

/// The text between the quotes of a JSON string (RFC 8259 section 7), whatever bytes come: it is
/// written as one_line() writes it, so that whoever prints it on a terminal is as safe as with the
/// other formats.
[[nodiscard]] std::string json_text(std::string_view text);

}  // namespace sfteams::text
