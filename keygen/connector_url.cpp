#include "keygen/connector_url.h"

#include <algorithm>
#include <cstddef>

#include "base/hosts/loopback.h"
#include "base/text/invisible.h"
#include "keygen/codes.h"

namespace sfteams::keygen {
namespace {

constexpr std::size_t kLongestUrl = 2048;
constexpr std::size_t kLongestHost = 127;  // of transport::parse_url(), too
constexpr std::string_view kExampleHint = "write it like wss://connector.example.com";

tl::unexpected<Error> bad(const std::string& what, std::string_view hint = kExampleHint) {
  return fail(codes::kBadConnector, "the connector's address " + what, std::string(hint));
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_bracketed_address(std::string_view host) {
  return host.size() > 4 && host.front() == '[' && host.back() == ']' &&
         host.find_first_not_of("0123456789abcdefABCDEF:.", 1) == host.size() - 1;
}

Result<void> check_port(std::string_view port) {
  // Five digits at most, so the value fits.
  const bool digits = !port.empty() && port.size() <= 5 && std::ranges::all_of(port, is_digit);
  const int value = digits ? std::stoi(std::string(port)) : 0;
  if (value < 1 || value > 65535) {
    return bad("has no port between 1 and 65535 behind the ':'",
               "remove the ':' to use the usual port");
  }
  return {};
}

/// `host` as it stands in the URL, an IPv6 address in its brackets.
bool is_loopback(std::string_view host) {
  if (is_bracketed_address(host)) host = host.substr(1, host.size() - 2);
  return hosts::is_loopback(host);
}

Result<void> check_authority(std::string_view authority, bool encrypted) {
  if (authority.find('@') != std::string_view::npos) {
    return bad("has user information in it", "remove everything up to the @ from the host");
  }
  // The colons of an IPv6 address stand in brackets; the one of a port stands behind them.
  const std::size_t bracket = authority.starts_with('[') ? authority.rfind(']') : 0;
  const std::size_t colon = authority.find(':', bracket);
  if (colon != std::string_view::npos) {
    if (auto port = check_port(authority.substr(colon + 1)); !port) return port;
  }
  const std::string_view host = authority.substr(0, colon);
  if (host.empty()) return bad("has no host");
  if (host.size() > kLongestHost) return bad("has a host of more than 127 characters");
  if (!std::ranges::all_of(host, is_host_character) && !is_bracketed_address(host)) {
    return bad("has a host with a character that no host name has");
  }
  if (!encrypted && !is_loopback(host)) {
    return bad(
        "begins with ws://, which is not encrypted and is taken only towards this host "
        "(127.0.0.1, ::1, localhost)",
        "write wss:// in place of ws://");
  }
  return {};
}

constexpr std::string_view kEncrypted = "wss://";
constexpr std::string_view kPlain = "ws://";

Result<std::string_view> without_scheme(std::string_view text) {
  for (const std::string_view scheme : {kEncrypted, kPlain}) {
    if (text.starts_with(scheme)) return text.substr(scheme.size());
  }
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (text.starts_with(scheme))
      return bad("is a web address", "write wss:// in place of " + std::string(scheme));
  }
  return bad("does not begin with wss://");
}

}  // namespace

Result<std::string> checked_connector_url(std::string_view text) {
  if (text.empty()) return bad("is empty");
  if (text.size() > kLongestUrl) return bad("has more than 2048 characters");
  if (const auto invisible = text::find_invisible(text))
    return bad("has " + invisible->describe(), text::kInvisibleHint);
  if (text.size() > 1 && (text.front() == '"' || text.front() == '\''))
    return bad("is in quotation marks", "remove them");
  const auto printable = [](char c) { return c > ' ' && c <= '~' && c != '"' && c != '\\'; };
  if (!std::ranges::all_of(text, printable)) {
    return bad("has a space or another character that no URL has");
  }
  const auto rest = without_scheme(text);
  if (!rest) return fail(rest.error());
  if (rest->find_first_of("?#") != std::string_view::npos) {
    return bad("has a '?' or '#' in it", "remove it and what follows");
  }
  if (const auto checked =
          check_authority(rest->substr(0, rest->find('/')), text.starts_with(kEncrypted));
      !checked) {
    return fail(checked.error());
  }
  return std::string(text);
}

}  // namespace sfteams::keygen
