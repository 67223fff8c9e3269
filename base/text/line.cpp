#include "base/text/line.h"

#include <cstdint>

#include <fmt/format.h>

namespace sfteams::text {
namespace {

struct Symbol {
  char32_t value = 0;
  std::size_t size = 0;  ///< bytes taken; 0: no UTF-8 begins here
};

std::uint8_t byte_at(std::string_view text, std::size_t at) {
  return static_cast<std::uint8_t>(text[at]);
}

/// Decodes one character outside ASCII (RFC 3629 section 4).
Symbol decode(std::string_view text) {
  const std::uint8_t lead = byte_at(text, 0);
  std::size_t size = 0;
  char32_t least = 0;
  char32_t value = 0;
  if (lead >= 0xc2 && lead <= 0xdf) {
    size = 2, least = 0x80, value = lead & 0x1fU;
  } else if (lead >= 0xe0 && lead <= 0xef) {
    size = 3, least = 0x800, value = lead & 0x0fU;
  } else if (lead >= 0xf0 && lead <= 0xf4) {
    size = 4, least = 0x10000, value = lead & 0x07U;
  }
  if (size == 0 || text.size() < size) return {};
  for (std::size_t i = 1; i < size; ++i) {
    const std::uint8_t next = byte_at(text, i);
    if ((next & 0xc0U) != 0x80U) return {};
    value = (value << 6U) | (next & 0x3fU);
  }
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (value < least || value > 0x10ffff || surrogate) return {};
  return {value, size};
}

bool hides_or_reorders(char32_t c) {
  return c < 0xa0                          // C1 controls
         || c == 0x2028 || c == 0x2029     // line and paragraph separator
         || (c >= 0x202a && c <= 0x202e)   // bidirectional embeddings and overrides
         || (c >= 0x2066 && c <= 0x2069);  // bidirectional isolates
}

void append_ascii(std::string& line, char c) {
  switch (c) {
    case '\n':
      line += "\\n";
      return;
    case '\r':
      line += "\\r";
      return;
    case '\t':
      line += "\\t";
      return;
    case '\\':
      line += "\\\\";
      return;
    default:
      break;
  }
  const auto byte = static_cast<std::uint8_t>(c);
  if (byte < 0x20 || byte == 0x7f) {
    line += fmt::format("\\x{:02x}", byte);
  } else {
    line += c;
  }
}

}  // namespace

std::string one_line(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  while (!text.empty()) {
    if (byte_at(text, 0) < 0x80) {
      append_ascii(line, text.front());
      text.remove_prefix(1);
      continue;
    }
    const Symbol symbol = decode(text);
    if (symbol.size == 0) {
      line += fmt::format("\\x{:02x}", byte_at(text, 0));
      text.remove_prefix(1);
      continue;
    }
    if (hides_or_reorders(symbol.value)) {
      line += fmt::format("\\u{{{:04x}}}", static_cast<std::uint32_t>(symbol.value));
    } else {
      line += text.substr(0, symbol.size);
    }
    text.remove_prefix(symbol.size);
  }
  return line;
}

std::string json_text(std::string_view text) {
  std::string quoted;
  // What one_line() gives is UTF-8 without control characters: two characters are left to escape.
  for (const char c : one_line(text)) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted;
}

}  // namespace sfteams::text
