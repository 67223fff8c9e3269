#include "transport/challenges.h"

#include <algorithm>

#include "base/text/ascii.h"
#include "transport/http_token.h"

namespace sfteams::transport {
namespace {

constexpr std::string_view kBlank = " \t";

std::string_view without_blanks(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlank), text.size()));
  return text.substr(0, text.find_last_not_of(kBlank) + 1);
}

/// Takes what stands before the next comma that is in no quoted string off the front.
std::string_view take_element(std::string_view& list) {
  bool quoted = false;
  std::size_t at = 0;
  for (; at < list.size(); ++at) {
    const char c = list[at];
    if (quoted && c == '\\') {
      ++at;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      break;
    }
  }
  const std::string_view element = list.substr(0, std::min(at, list.size()));
  list.remove_prefix(std::min(at + 1, list.size()));
  return without_blanks(element);
}

/// The scheme with which a challenge begins; empty for a further parameter (`name = value`) of the
/// challenge before.
std::string scheme_of(std::string_view element) {
  const auto* const stop = std::ranges::find_if_not(element, is_token_character);
  const auto length = static_cast<std::size_t>(stop - element.begin());
  const std::string_view rest = element.substr(length);
  if (length == 0 || without_blanks(rest).starts_with('=')) return {};
  if (!rest.empty() && kBlank.find(rest.front()) == std::string_view::npos) return {};
  return text::lower_case(element.substr(0, length));
}

/// The lines of a head, continued ones joined (RFC 9112 section 5.2).
std::vector<std::string> lines_of(std::string_view head) {
  std::vector<std::string> lines;
  while (!head.empty()) {
    const std::size_t end = std::min(head.find('\n'), head.size());
    std::string_view line = head.substr(0, end);
    head.remove_prefix(std::min(end + 1, head.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    const bool continues = !line.empty() && kBlank.find(line.front()) != std::string_view::npos;
    if (continues && !lines.empty()) {
      lines.back().append(" ").append(line);
    } else {
      lines.emplace_back(line);
    }
  }
  return lines;
}

}  // namespace

std::vector<std::string> offered_schemes(std::string_view head, std::string_view name) {
  std::vector<std::string> schemes;
  for (const std::string& line : lines_of(head)) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos || text::lower_case(line.substr(0, colon)) != name) continue;
    for (std::string_view rest = std::string_view(line).substr(colon + 1); !rest.empty();) {
      if (std::string scheme = scheme_of(take_element(rest)); !scheme.empty())
        schemes.push_back(std::move(scheme));
    }
  }
  return schemes;
}

}  // namespace sfteams::transport
