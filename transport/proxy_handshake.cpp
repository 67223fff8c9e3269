#include "transport/proxy_handshake.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text/encoding.h"
#include "transport/challenges.h"
#include "transport/codes.h"
#include "transport/endpoint.h"

namespace sfteams::transport {
namespace {

/// Where the head ends, past its empty line; nullopt: not yet. Bare line feeds are taken, too (RFC
/// 9112 section 2.2).
std::optional<std::size_t> end_of_head(std::string_view answer) {
  const std::size_t strict = answer.find("\r\n\r\n");
  const std::size_t lax = answer.find("\n\n");
  if (strict == std::string_view::npos && lax == std::string_view::npos) return std::nullopt;
  return strict < lax ? strict + 4 : lax + 2;
}

/// "HTTP/1.1 200 Connection established" → 200.
std::optional<int> status_of(std::string_view head) {
  constexpr std::string_view kVersion = "HTTP/1.";
  constexpr std::size_t kDigits = 9;  // where they begin
  if (!head.starts_with(kVersion) || head.size() < kDigits + 3 || head[8] != ' ')
    return std::nullopt;
  int status = 0;
  for (const char c : head.substr(kDigits, 3)) {
    if (c < '0' || c > '9') return std::nullopt;
    status = status * 10 + (c - '0');
  }
  return status;
}

crypto::Secret make_request(const Proxy& proxy, const std::string& target,
                            std::string_view user_agent) {
  std::string text = fmt::format("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n", target);
  if (!user_agent.empty()) text += fmt::format("User-Agent: {}\r\n", user_agent);
  if (proxy.credentials != nullptr) {
    std::string encoded = text::to_base64(proxy.credentials->bytes());
    text.reserve(text.size() + encoded.size() + 64);  // no copy is left behind by growing
    text += "Proxy-Authorization: Basic ";
    text += encoded;
    text += "\r\n";
    crypto::wipe(encoded);
  }
  text += "\r\n";
  crypto::Secret request = crypto::Secret::from_text(text);
  crypto::wipe(text);
  return request;
}

std::string host_and_port(const Url& url) {
  return fmt::format("{}:{}", before_port(url.host), url.port);
}

}  // namespace

ProxyHandshake::ProxyHandshake(const Proxy& proxy, const Url& target, std::string_view user_agent)
    : proxy_(proxy.to_string()),
      target_(host_and_port(target)),
      with_credentials_(proxy.credentials != nullptr),
      request_(make_request(proxy, target_, user_agent)) {}

Result<bool> ProxyHandshake::take(std::string_view bytes) {
  answer_.append(bytes);
  const auto end = end_of_head(answer_);
  if (!end) {
    if (answer_.size() > kMaxAnswer) return fail(no_proxy("its answer does not end"));
    return false;
  }
  Result<bool> open = judge(std::string_view(answer_).substr(0, *end));
  // Both ends of what goes through wait for us to speak first.
  if (open && *open && answer_.size() > *end) return fail(no_proxy("it said more than its answer"));
  return open;
}

Result<bool> ProxyHandshake::judge(std::string_view head) const {
  const auto status = status_of(head);
  if (!status) return fail(no_proxy("it does not answer in HTTP"));
  if (*status >= 200 && *status < 300) return true;
  // tinyproxy says 401 where it should say 407, when a password is wrong.
  if (*status == 407 || *status == 401) return fail(wants_authentication(head));
  return fail(denied(*status));
}

Error ProxyHandshake::closed() const {
  return Error{codes::kProxyFailed,
               fmt::format("the proxy {} closed the connection instead of opening one to {}",
                           proxy_, target_),
               "check that it is an HTTP proxy which lets this host through, and see its log"};
}

Error ProxyHandshake::no_proxy(const std::string& what) const {
  return Error{
      codes::kProxyFailed,
      fmt::format("what answers at {} does not behave like an HTTP proxy: {}", proxy_, what),
      "check host and port of the proxy"};
}

Error ProxyHandshake::wants_authentication(std::string_view head) const {
  const std::vector<std::string> schemes = offered_schemes(head, "proxy-authenticate");
  const bool basic = std::find(schemes.begin(), schemes.end(), "basic") != schemes.end();
  if (!basic && !schemes.empty()) {
    return Error{codes::kProxyAuthentication,
                 fmt::format("the proxy {} wants another authentication than Basic: {}", proxy_,
                             fmt::join(schemes, ", ")),
                 "have it let this host through without authentication, or with Basic"};
  }
  return Error{codes::kProxyAuthentication,
               with_credentials_
                   ? fmt::format("the proxy {} does not accept user and password", proxy_)
                   : fmt::format("the proxy {} wants a user and a password", proxy_),
               "write them as http://user:password@host:port; special characters as %NN"};
}

Error ProxyHandshake::denied(int status) const {
  std::string hint = "see the proxy's log for why";
  if (status == 403 || status == 405)
    hint = "have its administrator allow CONNECT to " + target_ + " for this host";
  if (status >= 500)
    hint = "check that the proxy can resolve and reach " + target_ + ", and see its log";
  return Error{codes::kProxyDenied,
               fmt::format("the proxy {} did not open a connection to {}: HTTP status {}", proxy_,
                           target_, status),
               std::move(hint)};
}

}  // namespace sfteams::transport
