#include "transport/http_head.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text/ascii.h"
#include "transport/http_token.h"

namespace sfteams::transport {
namespace {

constexpr std::size_t kMaxNameBytes = 256;

/// RFC 9110 section 5.3: all others may be put together. Of these two could differ, and two
/// programs choose differently.
constexpr std::array<std::string_view, 11> kOnce{
    "authorization", "content-length",    "content-type",          "expect",    "host",
    "origin",        "sec-websocket-key", "sec-websocket-version", "x-real-ip", "transfer-encoding",
    "upgrade"};

bool is_short_token(std::string_view text) {
  return text.size() <= kMaxNameBytes && is_token(text);
}

bool is_space(char c) {
  return c == ' ' || c == '\t';
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

std::string_view without_space(std::string_view text) {
  while (!text.empty() && is_space(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_space(text.back()))
    text.remove_suffix(1);
  return text;
}

/// nullopt when it is no target, or hides a control character in a %XX.
std::optional<std::string> decoded_target(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c <= ' ' || c >= '\x7f' || c == '#') return std::nullopt;
    if (c == '%') {
      const auto written = text::percent_byte(text.substr(i));
      if (!written || is_control(static_cast<char>(*written))) return std::nullopt;
      c = static_cast<char>(*written);
      i += 2;
    }
    out += c;
  }
  return out;
}

/// "HTTP/1.1": the 1 behind the point. -1: of another version; nullopt: no version at all.
std::optional<int> minor_of(std::string_view version) {
  if (version.size() != 8 || !version.starts_with("HTTP/") || version[6] != '.' ||
      !text::is_digit(version[5]) || !text::is_digit(version[7]))
    return std::nullopt;
  if (version == "HTTP/1.0") return 0;
  return version == "HTTP/1.1" ? 1 : -1;
}

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && text::lower_case(a) == text::lower_case(b);
}

bool lists(std::string_view list, std::string_view element, bool ignoring_case) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    const std::string_view item = without_space(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
    if (ignoring_case ? equals_ignoring_case(item, element) : item == element) return true;
  }
  return false;
}

const std::string* HttpHead::find(std::string_view name) const {
  const auto found = std::ranges::find(
      headers, name, [](const auto& header) { return std::string_view(header.first); });
  return found == headers.end() ? nullptr : &found->second;
}

std::string_view HttpHead::value(std::string_view name) const {
  const std::string* const found = find(name);
  return found == nullptr ? std::string_view() : std::string_view(*found);
}

std::size_t HeadReader::feed(std::string_view bytes) {
  std::size_t taken = 0;
  while (state_ == State::reading && taken < bytes.size())
    take_byte(bytes[taken++]);
  return taken;
}

HttpHead HeadReader::take() {
  HttpHead head = std::move(head_);
  *this = HeadReader();
  return head;
}

void HeadReader::refuse(int status) {
  state_ = State::refused;
  status_ = status;
}

void HeadReader::take_byte(char c) {
  if (++bytes_ > kMaxHeadBytes) return refuse(431);
  if (saw_cr_) {
    saw_cr_ = false;
    return c == '\n' ? take_line() : refuse(400);
  }
  if (c == '\r') {
    saw_cr_ = true;
  } else if (is_control(c) && c != '\t') {
    refuse(400);
  } else {
    line_ += c;
  }
}

void HeadReader::take_line() {
  if (!has_request_line_) {
    // RFC 9112 section 2.2: some clients send a line break too much behind a body.
    if (line_.empty()) return;
    take_request_line();
  } else if (line_.empty()) {
    state_ = State::complete;
  } else {
    take_header_line();
  }
  line_.clear();
}

void HeadReader::take_request_line() {
  has_request_line_ = true;
  const std::string_view line = line_;
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == last) return refuse(400);
  const std::optional<int> minor = minor_of(line.substr(last + 1));
  if (!minor) return refuse(400);
  if (*minor < 0) return refuse(505);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::size_t mark = std::min(target.find('?'), target.size());
  const std::string_view query = target.substr(std::min(mark + 1, target.size()));
  std::optional<std::string> path = decoded_target(target.substr(0, mark));
  head_.method = line.substr(0, first);
  if (!is_short_token(head_.method)) return refuse(400);
  // "CONNECT host:port" and "OPTIONS *" are told that the method is not spoken here.
  const bool others = head_.method == "CONNECT" || head_.method == "OPTIONS";
  if (!path || !decoded_target(query) || (!path->starts_with('/') && !others)) return refuse(400);
  head_.path = std::move(*path);
  head_.query = query;
  head_.minor_version = *minor;
}

void HeadReader::take_header_line() {
  if (++lines_ > kMaxHeaderLines) return refuse(431);
  const std::string_view line = line_;
  const std::size_t colon = line.find(':');
  // A line that begins with a space, and a name with a space behind it, are no tokens.
  if (colon == std::string_view::npos || !is_short_token(line.substr(0, colon))) return refuse(400);
  std::string name = text::lower_case(line.substr(0, colon));
  const std::string_view value = without_space(line.substr(colon + 1));
  const auto same = std::ranges::find(head_.headers, name, [](const auto& h) { return h.first; });
  if (same == head_.headers.end()) {
    head_.headers.emplace_back(std::move(name), value);
  } else if (std::ranges::find(kOnce, name) != kOnce.end()) {
    refuse(400);
  } else {
    same->second += name == "cookie" ? ';' : ',';
    if (!value.empty()) same->second.append(" ").append(value);
  }
}

}  // namespace sfteams::transport
