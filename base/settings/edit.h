#pragma once

#include <string>
#include <string_view>

#include "base/error/error.h"

namespace sfteams::settings {

/// The text of an INI file with one key set to another value, and everything else as it was, byte
/// for byte: comments, order, line ends. A key that is not there comes behind a comment that shows
/// it (";key = …"), or behind the last key of its section; a section that is not there comes at the
/// end. No comment goes: it may be a default that was only switched off, or what somebody wrote.
/// The value is trimmed. Fails as Ini::parse() does for a text that is none, and with
/// settings.bad-value when the value cannot stand in a line (a line break or another control
/// character, a " ;" that would begin a comment, a line of more than 198 bytes). `origin` is what
/// messages call the text.
[[nodiscard]] Result<std::string> set_value(std::string_view text, std::string_view section,
                                            std::string_view key, std::string_view value,
                                            const std::string& origin);

}  // namespace sfteams::settings
