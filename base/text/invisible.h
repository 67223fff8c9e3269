#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sfteams::text {

/// A character that nobody sees, in a value that somebody has pasted.
struct Invisible {
  char32_t code_point = 0;
  std::size_t position = 0;  ///< which character of the text it is, from 1

  /// "an invisible character (U+00A0, no-break space)"
  [[nodiscard]] std::string name() const;
  /// "an invisible character (U+00A0, no-break space) at position 4"
  [[nodiscard]] std::string describe() const;
};

/// The first character of a one-line value (a login, a name, a URL, a key, a password) that cannot
/// be seen: control characters with tab, CR and LF; formatting characters (zero-width spaces and
/// joiners, direction marks, soft hyphen, byte order mark, tags); every space but U+0020; line and
/// paragraph separators; fillers and blanks. Letters of any script, combining accents and emoji are
/// none; in an emoji neither are its joiners (U+200D) and variation selectors. What is not UTF-8 is
/// passed over: is_utf8() finds that.
[[nodiscard]] std::optional<Invisible> find_invisible(std::string_view text);

/// What to do about one.
inline constexpr std::string_view kInvisibleHint =
    "delete it, or type the value again instead of pasting it";

/// Without the UTF-8 byte order mark that editors of Windows put in front of a file.
[[nodiscard]] std::string_view without_byte_order_mark(std::string_view file);

/// "UTF-16" or "UTF-32" where a file's first bytes say that it has this encoding: its byte order
/// mark, or a zero byte in each of its first characters. Empty: it may be UTF-8 or one with a byte
/// a letter.
[[nodiscard]] std::string_view wide_encoding(std::string_view file);

}  // namespace sfteams::text
