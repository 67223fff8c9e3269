#include "transport/url.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "base/text/ascii.h"
#include "base/text/invisible.h"
#include "transport/codes.h"
#include "transport/endpoint.h"

namespace sfteams::transport {
namespace {

constexpr std::size_t kMaxUrl = 2048;
constexpr std::size_t kMaxHost = 127;  // libwebsockets cuts longer ones off
constexpr std::size_t kMaxLabel = 63;  // RFC 1035 section 2.3.4
constexpr std::size_t kMaxQuoted = 100;

/// Whether "user:password" may have been meant: an '@', however it is written, or something behind
/// a ':' that is no port. An INI file cuts a value off at " ;", so that the '@' may be missing.
bool may_hold_password(std::string_view text) {
  const std::size_t scheme = text.find("://");
  if (scheme != std::string_view::npos) text.remove_prefix(scheme + 3);
  const std::string_view authority = text.substr(0, text.find('/'));
  if (text.find('@') != std::string_view::npos) return true;
  if (authority.find('%') != std::string_view::npos) return true;
  const std::size_t bracket = std::min(authority.rfind(']'), authority.size());
  const std::size_t from = bracket < authority.size() ? bracket : 0;
  const std::size_t colon = authority.find(':', from);
  if (colon == std::string_view::npos) return false;
  return !std::all_of(authority.begin() + static_cast<std::ptrdiff_t>(colon) + 1, authority.end(),
                      text::is_digit);
}

/// What of a bad address may stand in a message: nothing that could be a password or a token.
std::string quotable(std::string_view text) {
  const std::string_view front = text.substr(0, text.find_first_of("?#"));
  if (front.empty() || front.size() > kMaxQuoted || !text::is_visible(front) ||
      may_hold_password(text)) {
    return "the URL";
  }
  return "the URL \"" + std::string(front) + "\"";
}

tl::unexpected<Error> bad_url(std::string_view text, const std::string& fault,
                              std::string hint = "write scheme://host or scheme://host:port") {
  return fail(codes::kBadUrl, quotable(text) + " " + fault, std::move(hint));
}

std::optional<std::uint16_t> default_port(std::string_view scheme) {
  if (scheme == "ws" || scheme == "http") return std::uint16_t{80};
  if (scheme == "wss" || scheme == "https") return std::uint16_t{443};
  return std::nullopt;
}

bool is_ipv4(const std::string& host) {
  in_addr address{};
  return ::inet_pton(AF_INET, host.c_str(), &address) == 1;
}

/// The one way to write an IPv6 address (RFC 5952); nullopt when it is none. No zones.
std::optional<std::string> canonical_ipv6(const std::string& host) {
  in6_addr address{};
  if (::inet_pton(AF_INET6, host.c_str(), &address) != 1) return std::nullopt;
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (::inet_ntop(AF_INET6, &address, text.data(), text.size()) == nullptr) return std::nullopt;
  return std::string(text.data());
}

/// 127.1, 0x7f000001 and 256.1.1.1 are addresses, or none, to inet_aton(3) behind a look-up.
bool looks_like_number(std::string_view label) {
  if (label.starts_with("0x")) {
    label.remove_prefix(2);
    return std::all_of(label.begin(), label.end(),
                       [](char c) { return text::hex_value(c).has_value(); });
  }
  return std::all_of(label.begin(), label.end(), text::is_digit);
}

/// What is wrong with a lower-case host name; empty when nothing is.
std::string name_fault(std::string_view host) {
  std::string_view rest = host;
  while (true) {
    const std::size_t dot = rest.find('.');
    const std::string_view label = rest.substr(0, dot);
    if (label.empty()) return "has an empty label in its host name";
    if (label.size() > kMaxLabel) return "has a label of more than 63 characters in its host name";
    const bool ldh = std::all_of(label.begin(), label.end(), [](char c) {
      return text::is_digit(c) || (c >= 'a' && c <= 'z') || c == '-';
    });
    if (!ldh) return "has a character in its host name other than letters, digits, '-' and '.'";
    if (label.front() == '-' || label.back() == '-') {
      return "has a label that begins or ends with '-' in its host name";
    }
    if (dot == std::string_view::npos) {
      return looks_like_number(label) ? "has a host that is neither a name nor an address" : "";
    }
    rest.remove_prefix(dot + 1);
  }
}

std::string path_fault(std::string_view path) {
  for (std::size_t i = 0; i < path.size(); ++i) {
    const char c = path[i];
    if (c <= ' ' || c >= '\x7f') return "has a space, a control or a non-ASCII character";
    if (c == '%' && !text::percent_byte(path.substr(i))) {
      return "has a '%' without two hexadecimal digits";
    }
    if (std::string_view("\"<>\\^`{|}").find(c) != std::string_view::npos) {
      return "has a character that has to be written as %NN";
    }
  }
  return "";
}

struct Authority {
  std::string_view host;
  std::optional<std::string_view> port;
  bool bracketed = false;
};

std::optional<Authority> split(std::string_view authority) {
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view host = authority.substr(1, end - 1);
    const std::string_view rest = authority.substr(end + 1);
    if (rest.empty()) return Authority{host, std::nullopt, true};
    if (rest.front() != ':') return std::nullopt;
    return Authority{host, rest.substr(1), true};
  }
  const std::size_t colon = authority.find(':');
  if (colon == std::string_view::npos) return Authority{authority, std::nullopt, false};
  return Authority{authority.substr(0, colon), authority.substr(colon + 1), false};
}

Result<std::string> read_host(std::string_view text, const Authority& authority) {
  if (authority.host.empty()) return bad_url(text, "has no host");
  if (authority.host.size() > kMaxHost)
    return bad_url(text, "has a host of more than 127 characters");
  std::string host = text::lower_case(authority.host);
  if (authority.bracketed) {
    auto canonical = canonical_ipv6(host);
    if (!canonical) return bad_url(text, "has no IPv6 address between its brackets");
    return std::move(*canonical);
  }
  if (is_ipv4(host)) return host;
  if (const std::string fault = name_fault(host); !fault.empty()) return bad_url(text, fault);
  return host;
}

std::optional<std::uint16_t> read_port(std::string_view digits) {
  std::uint16_t port = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, fault] = std::from_chars(digits.data(), end, port);
  if (fault != std::errc() || stop != end || port == 0) return std::nullopt;
  return port;
}

}  // namespace

std::string Url::authority() const {
  std::string result = before_port(host);
  if (default_port(scheme) != port) result += ":" + std::to_string(port);
  return result;
}

std::string Url::to_string() const {
  return scheme + "://" + authority() + path;
}

Result<Url> parse_url(std::string_view text) {
  if (text.size() > kMaxUrl) return bad_url(text, "has more than 2048 characters");
  if (const auto invisible = text::find_invisible(text))
    return bad_url(text, "has " + invisible->describe(), std::string(text::kInvisibleHint));
  if (text.starts_with('"') || text.starts_with('\''))
    return bad_url(text, "is in quotation marks", "remove them");
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos) return bad_url(text, "has no scheme");
  Url url;
  url.scheme = text::lower_case(text.substr(0, colon));
  const auto standard_port = default_port(url.scheme);
  if (!standard_port) return bad_url(text, "has another scheme than ws, wss, http and https");
  if (text.find_first_of("?#") != std::string_view::npos) {
    return bad_url(text, "has a query or a fragment where none belongs");
  }

  const std::string_view rest = text.substr(colon + 3);
  const std::size_t slash = rest.find('/');
  const std::string_view front = rest.substr(0, slash);
  if (front.find('@') != std::string_view::npos) {
    return bad_url(text, "has a user name in front of its host",
                   "leave out everything up to the '@'");
  }
  const auto authority = split(front);
  if (!authority) return bad_url(text, "has a malformed host or port");
  auto host = read_host(text, *authority);
  if (!host) return fail(std::move(host.error()));
  url.host = std::move(*host);
  url.port = *standard_port;
  if (authority->port) {
    const auto port = read_port(*authority->port);
    if (!port) return bad_url(text, "has a port that is no number from 1 to 65535");
    url.port = *port;
  }
  url.path = slash == std::string_view::npos ? "/" : std::string(rest.substr(slash));
  if (const std::string fault = path_fault(url.path); !fault.empty()) return bad_url(text, fault);
  return url;
}

bool is_loopback_authority(std::string_view authority) {
  const auto url = parse_url("http://" + std::string(authority));
  return url && url->path == "/" && is_loopback(url->host);
}

}  // namespace sfteams::transport
