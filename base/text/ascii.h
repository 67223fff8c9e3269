#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sfteams::text {

// Digits and letters of ASCII, in whatever locale the process runs. All other bytes are neither.

[[nodiscard]] constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

[[nodiscard]] constexpr bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c);
}

[[nodiscard]] constexpr char lower_case(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] inline std::string lower_case(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) { return lower_case(c); });
  return result;
}

/// No control character, and nothing beyond ASCII.
[[nodiscard]] constexpr bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c < '\x7f'; });
}

/// The same without a space.
[[nodiscard]] constexpr bool is_visible(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

/// Of a hexadecimal digit in either case, 0 to 15; nullopt for another character.
[[nodiscard]] constexpr std::optional<std::uint8_t> hex_value(char c) {
  if (is_digit(c)) return static_cast<std::uint8_t>(c - '0');
  const char small = lower_case(c);
  if (small >= 'a' && small <= 'f') return static_cast<std::uint8_t>(small - 'a' + 10);
  return std::nullopt;
}

/// The byte that "%4F" at the front of a text means (RFC 3986 section 2.1); nullopt when no '%'
/// with two hexadecimal digits stands there.
[[nodiscard]] constexpr std::optional<std::uint8_t> percent_byte(std::string_view text) {
  if (text.size() < 3 || text[0] != '%') return std::nullopt;
  const auto high = hex_value(text[1]);
  const auto low = hex_value(text[2]);
  if (!high || !low) return std::nullopt;
  return static_cast<std::uint8_t>(*high << 4U | *low);
}

}  // namespace sfteams::text
