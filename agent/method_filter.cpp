#include "agent/method_filter.h"

#include <algorithm>

#include <fmt/format.h>

#include "agent/codes.h"
#include "log/line.h"

namespace sfteams::agent {
namespace {

constexpr std::size_t kMaxPattern = 128;
constexpr std::ptrdiff_t kMaxStars = 8;
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

/// Backtracks, which the limit on stars and on lengths keeps short.
bool fits(std::string_view pattern, std::string_view text) {
  while (!pattern.empty() && pattern.front() != '*') {
    if (text.empty() || text.front() != pattern.front()) return false;
    pattern.remove_prefix(1);
    text.remove_prefix(1);
  }
  if (pattern.empty()) return text.empty();
  pattern.remove_prefix(1);
  if (pattern.empty()) return !text.empty();
  while (!text.empty() && text.front() != '.') {
    text.remove_prefix(1);
    if (fits(pattern, text)) return true;
  }
  return false;
}

std::string problem_of(std::string_view pattern) {
  if (pattern.empty()) return "it is empty";
  if (pattern.size() > kMaxPattern)
    return fmt::format("it has more than {} characters", kMaxPattern);
  const bool clean =
      std::ranges::all_of(pattern, [](char c) { return is_word(c) || c == '.' || c == '*'; });
  if (!clean) return "it holds other characters than letters, digits, '_', '.' and '*'";
  if (std::ranges::count(pattern, '*') > kMaxStars) return "it has more than 8 '*'";
  if (pattern.find("**") != std::string_view::npos) return "two '*' follow each other";
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
                              log::one_line(std::string_view(pattern).substr(0, 64)), problem),
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
