#include "tunnel/system_name.h"

#include <algorithm>

#include "base/text/ascii.h"
#include "tunnel/limits.h"

namespace sfteams::tunnel {
namespace {

constexpr std::size_t kMaxLabel = 63;

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || text::is_digit(c);
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= kMaxLabel && label.front() != '-' &&
         label.back() != '-' && std::all_of(label.begin(), label.end(), [](char c) {
           return is_letter_or_digit(c) || c == '-';
         });
}

}  // namespace

bool is_system_name(std::string_view name) {
  if (name.size() > kMaxName) return false;
  for (;;) {
    const std::size_t dot = name.find('.');
    const std::string_view label = name.substr(0, dot);
    if (!is_label(label)) return false;
    // A last label of digits would make it look like an IPv4 address to some resolvers.
    if (dot == std::string_view::npos)
      return !std::all_of(label.begin(), label.end(), text::is_digit);
    name.remove_prefix(dot + 1);
  }
}

}  // namespace sfteams::tunnel
