#include "transport/bus/subject.h"

#include <algorithm>

namespace sfteams::bus {
namespace {

bool is_token(std::string_view token) {
  constexpr char kFirst = '!';
  constexpr char kLast = '~';
  return !token.empty() && std::ranges::all_of(token, [](char each) {
    return each >= kFirst && each <= kLast && each != '*' && each != '>';
  });
}

bool is_valid(std::string_view text, bool wildcards) {
  if (text.size() > kMostSubject) return false;
  while (true) {
    const std::size_t end = text.find('.');
    const bool last = end == std::string_view::npos;
    const std::string_view token = text.substr(0, end);
    const bool wildcard = wildcards && (token == "*" || (last && token == ">"));
    if (!wildcard && !is_token(token)) return false;
    if (last) return true;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

bool is_subject(std::string_view text) {
  return is_valid(text, false);
}

bool is_pattern(std::string_view text) {
  return is_valid(text, true);
}

}  // namespace sfteams::bus
