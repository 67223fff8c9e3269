#include "transport/proxy.h"

#include <algorithm>
#include <utility>

#include "base/text/ascii.h"
#include "transport/codes.h"
#include "transport/endpoint.h"
#include "transport/no_proxy.h"

namespace sfteams::transport {
namespace {

constexpr std::string_view kScheme = "http://";
constexpr std::size_t kMaxCredentials = 512;

tl::unexpected<Error> bad_proxy(const std::string& fault, std::string hint =
                                                              "write http://host:port, or "
                                                              "http://user:password@host:port") {
  return fail(codes::kBadProxy, "the proxy " + fault, std::move(hint));
}

/// Undoes %NN; nullopt when a '%' stands alone.
std::optional<crypto::Secret> percent_decoded(std::string_view text) {
  crypto::Secret room(text.size());
  std::size_t length = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto byte = static_cast<std::uint8_t>(text[i]);
    if (text[i] == '%') {
      const auto written = text::percent_byte(text.substr(i));
      if (!written) return std::nullopt;
      byte = *written;
      i += 2;
    }
    room.bytes()[length++] = byte;
  }
  return crypto::Secret(std::span<const std::uint8_t>(room.bytes()).first(length));
}

/// RFC 7617 section 2: no control characters, and the user has no ':'.
Result<std::shared_ptr<const crypto::Secret>> read_credentials(std::string_view text) {
  if (text.size() > kMaxCredentials)
    return bad_proxy("has more than 512 bytes of user and password");
  const std::size_t colon = text.find(':');
  const auto user = percent_decoded(text.substr(0, colon));
  const auto password =
      colon == std::string_view::npos ? crypto::Secret() : percent_decoded(text.substr(colon + 1));
  if (!user || !password) {
    return bad_proxy("has a '%' without two hexadecimal digits in its user or password",
                     "write a '%' that belongs to the password as %25");
  }
  crypto::Secret both(user->size() + 1 + password->size());
  auto end = std::copy(user->bytes().begin(), user->bytes().end(), both.bytes().begin());
  *end++ = ':';
  std::copy(password->bytes().begin(), password->bytes().end(), end);
  const bool control = std::any_of(both.bytes().begin(), both.bytes().end(),
                                   [](std::uint8_t c) { return c < ' ' || c == 0x7f; });
  if (control) return bad_proxy("has a control character in its user or password");
  if (user->empty() || user->text().find(':') != std::string_view::npos) {
    return bad_proxy("has no user in front of its password, or one with a ':'");
  }
  return std::make_shared<const crypto::Secret>(std::move(both));
}

bool starts_with_scheme(std::string_view text) {
  return text.find("://") != std::string_view::npos;
}

/// Empty is as good as unset.
std::string_view either(const Environment& environment, const char* lower, const char* upper) {
  for (const char* name : {lower, upper}) {
    const char* const value = environment(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return {};
}

}  // namespace

std::string Proxy::to_string() const {
  return before_port(host) + ":" + std::to_string(port);
}

bool operator==(const Proxy& a, const Proxy& b) {
  if (a.host != b.host || a.port != b.port) return false;
  if (a.credentials == nullptr || b.credentials == nullptr) return a.credentials == b.credentials;
  return *a.credentials == *b.credentials;
}

Result<Proxy> parse_proxy(std::string_view text) {
  if (text.starts_with(kScheme)) {
    text.remove_prefix(kScheme.size());
  } else if (starts_with_scheme(text)) {
    return bad_proxy(
        "has another scheme than http",
        "only HTTP proxies are spoken to (CONNECT), and without TLS on the way to the proxy "
        "itself: write http://host:port");
  }
  if (text.ends_with('/')) text.remove_suffix(1);
  Proxy proxy;
  const std::size_t at = text.rfind('@');
  if (at != std::string_view::npos) {
    auto credentials = read_credentials(text.substr(0, at));
    if (!credentials) return fail(credentials.error());
    proxy.credentials = std::move(*credentials);
    text.remove_prefix(at + 1);
  }
  const std::size_t bracket = text.rfind(']');
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || (bracket != std::string_view::npos && colon < bracket)) {
    return bad_proxy("has no port",
                     "write the port, too: http://host:3128 (3128 and 8080 are usual)");
  }
  const Result<Url> url = parse_url(std::string(kScheme) + std::string(text));
  if (!url || url->path != "/") {
    return bad_proxy("is no host and port", "write http://host:port, without a path");
  }
  proxy.host = url->host;
  proxy.port = url->port;
  return proxy;
}

Result<std::optional<Proxy>> proxy_from_environment(const Url& url,
                                                    const Environment& environment) {
  if (!url.secure() || is_loopback(url.host)) return std::optional<Proxy>();
  const std::string_view text = either(environment, "https_proxy", "HTTPS_PROXY");
  if (text.empty() || NoProxy::parse(either(environment, "no_proxy", "NO_PROXY")).exempts(url))
    return std::optional<Proxy>();
  Result<Proxy> proxy = parse_proxy(text);
  if (!proxy) {
    return fail(proxy.error().code, proxy.error().message + " (in HTTPS_PROXY of the environment)",
                proxy.error().hint);
  }
  return std::optional<Proxy>(std::move(*proxy));
}

std::vector<Error> no_proxy_warnings(const Url& url, const Environment& environment) {
  if (!url.secure() || is_loopback(url.host)) return {};
  if (either(environment, "https_proxy", "HTTPS_PROXY").empty()) return {};
  return NoProxy::parse(either(environment, "no_proxy", "NO_PROXY")).warnings();
}

}  // namespace sfteams::transport
