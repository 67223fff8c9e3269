#pragma once

#include <algorithm>
#include <string_view>

#include "base/text/ascii.h"

namespace sfteams::transport {

/// Of the names of methods, headers and schemes (RFC 9110 section 5.6.2).
[[nodiscard]] constexpr bool is_token_character(char c) {
  return text::is_letter_or_digit(c) ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

[[nodiscard]] constexpr bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_token_character);
}

}  // namespace sfteams::transport
