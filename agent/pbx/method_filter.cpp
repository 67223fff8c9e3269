#include "agent/pbx/method_filter.h"

#include <algorithm>

#include <fmt/format.h>

#include "agent/pbx/codes.h"
#include "base/text/line.h"

namespace sfteams::agent {
namespace {

constexpr std::size_t kMaxPattern = 128;
constexpr std::size_t kMaxPart = 64;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_part(std::string_view text) {
  return !text.empty() && text.size() <= kMaxPart && std::ranges::all_of(text, is_word);
}

bool is_version(std::string_view text) {
  return text.size() >= 2 && text.size() <= 4 && text.front() == 'v' &&
         std::ranges::all_of(text.substr(1), [](char c) { return c >= '0' && c <= '9'; });
}

std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t dot = text.find('.');
    parts.push_back(text.substr(0, dot));
    if (dot == std::string_view::npos) return parts;
    text.remove_prefix(dot + 1);
  }
}

/// Part by part, without ever going back: a '*' stands at the end of a part only.
bool fits(std::string_view pattern, std::string_view text) {
  while (true) {
    const std::size_t dot = pattern.find('.');
    const bool last = dot == std::string_view::npos;
    std::string_view wanted = pattern.substr(0, dot);
    const std::string_view given = text.substr(0, text.find('.'));
    if (wanted.ends_with('*')) {
      wanted.remove_suffix(1);
      if (!given.starts_with(wanted) || given.size() == wanted.size()) return false;
      if (last) return true;
    } else if (given != wanted) {
      return false;
    }
    const bool ends = given.size() == text.size();
    if (last || ends) return last && ends;
    pattern.remove_prefix(dot + 1);
    text.remove_prefix(given.size() + 1);
  }
}

std::string problem_of(std::string_view pattern) {
  if (pattern.empty()) return "it is empty";
  if (pattern.size() > kMaxPattern)
    return fmt::format("it has more than {} characters", kMaxPattern);
  const bool clean =
      std::ranges::all_of(pattern, [](char c) { return is_word(c) || c == '.' || c == '*'; });
  if (!clean) return "it holds other characters than letters, digits, '_', '.' and '*'";
  for (std::string_view part : parts_of(pattern)) {
    if (part.empty()) return "two dots follow each other, or it ends with one";
    part.remove_suffix(1);
    if (part.find('*') != std::string_view::npos) return "a '*' is not at the end of a part";
  }
  if (!pattern.starts_with("ucp.v")) {
    return "it does not begin with \"ucp.v\", and nothing but UCI requests can be allowed";
  }
  return {};
}

}  // namespace

bool is_uci_request(std::string_view method) {
  const std::vector<std::string_view> parts = parts_of(method);
  if (parts.size() < 5 || parts.size() > 12 || parts[0] != "ucp" || !is_version(parts[1])) {
    return false;
  }
  if (parts[2] != "requests" && !(parts[2] == "server" && parts[1] == "v20")) return false;
  return std::all_of(parts.begin() + 3, parts.end(), is_part);
}

Result<MethodFilter> MethodFilter::create(std::vector<std::string> patterns) {
  for (const std::string& pattern : patterns) {
    if (const std::string problem = problem_of(pattern); !problem.empty()) {
      return fail(codes::kBadPattern,
                  fmt::format("the pattern \"{}\" is wrong: {}",
                              text::one_line(std::string_view(pattern).substr(0, 64)), problem),
                  "write for example ucp.v*.requests.*, or ucp.v30.requests.call.*");
    }
  }
  return MethodFilter(std::move(patterns));
}

bool MethodFilter::allows(std::string_view method) const {
  return is_uci_request(method) &&
         std::ranges::any_of(patterns_, [method](const std::string& p) { return fits(p, method); });
}

}  // namespace sfteams::agent
