#include "transport/peer_failures.h"

#include <utility>

#include <fmt/format.h>

#include "transport/codes.h"
#include "transport/tls.h"

namespace sfteams::transport {

bool wants_credentials(long status) {
  // tinyproxy says 401 where it should say 407, when a password is wrong.
  return status == 407 || status == 401;
}

Error credentials_refused(const std::string& proxy, bool sent) {
  return Error{codes::kProxyAuthentication,
               sent ? fmt::format("the proxy {} does not accept user and password", proxy)
                    : fmt::format("the proxy {} wants a user and a password", proxy),
               "write them as http://user:password@host:port; special characters as %NN"};
}

Error proxy_denied(const std::string& proxy, const std::string& target, long status,
                   std::string hint) {
  return Error{codes::kProxyDenied,
               fmt::format("the proxy {} did not open a connection to {}: HTTP status {}", proxy,
                           target, status),
               std::move(hint)};
}

Error proxy_failed(const std::string& proxy, const std::string& what) {
  return Error{codes::kProxyFailed, fmt::format("the proxy {} {}", proxy, what),
               "check that it is an HTTP proxy which lets this host through, and see its log"};
}

Error tls_handshake_failed(const std::string& where, const std::string& reason, const Url& url) {
  const bool plain = is_answer_without_tls(reason);
  return Error{
      codes::kTlsFailed,
      fmt::format("TLS with {} failed: {}{}", where,
                  plain ? "what answers there does not speak TLS: " : "", reason),
      plain ? no_tls_hint(url) : "check that the server speaks TLS 1.2 or newer on this port"};
}

}  // namespace sfteams::transport
