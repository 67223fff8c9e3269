#include "base/text/percent.h"

#include <algorithm>
#include <cstddef>

#include "base/text/ascii.h"

namespace sfteams::text {
namespace {

bool is_unreserved(char c) {
  return text::is_letter_or_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

}  // namespace

void append_percent_encoded(std::string& out, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 0xFU];
  }
}

std::string percent_encode(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 16);
  append_percent_encoded(out, text);
  return out;
}

std::string percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (const auto byte = text::percent_byte(text.substr(i))) {
      out += static_cast<char>(*byte);
      i += 2;
    } else {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

std::string_view query_value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::string_view field = query.substr(0, query.find('&'));
    if (field.starts_with(name) && field.size() > name.size() && field[name.size()] == '=')
      return field.substr(name.size() + 1);
    query.remove_prefix(std::min(field.size() + 1, query.size()));
  }
  return {};
}

}  // namespace sfteams::text
