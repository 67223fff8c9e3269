#pragma once

#include <string_view>

namespace sfteams::uci {

/// White space of XML 1.0 (production S).
inline constexpr std::string_view kXmlSpace = " \t\r\n";

[[nodiscard]] constexpr bool is_xml_space(std::string_view text) {
  return text.find_first_not_of(kXmlSpace) == std::string_view::npos;
}

[[nodiscard]] constexpr std::string_view without_xml_space_before(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kXmlSpace);
  return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

/// Without what stands at both ends.
[[nodiscard]] constexpr std::string_view without_xml_space(std::string_view text) {
  text = without_xml_space_before(text);
  return text.substr(0, text.find_last_not_of(kXmlSpace) + 1);
}

}  // namespace sfteams::uci
