#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto/secret.h"
#include "base/error/error.h"
#include "transport/url.h"

namespace sfteams::transport {

/// An HTTP proxy that opens connections to others by CONNECT (RFC 9110 section 9.3.6), perhaps with
/// Basic authentication (RFC 7617). The way to the proxy itself is plain TCP; what goes through is
/// TLS from end to end.
struct Proxy {
  std::string host;  ///< as in Url
  std::uint16_t port = 0;
  std::shared_ptr<const crypto::Secret> credentials;  ///< "user:password"; null: none

  /// host:port, without the credentials: for logs and messages.
  [[nodiscard]] std::string to_string() const;
  friend bool operator==(const Proxy& a, const Proxy& b);
};

/// "http://host:port", "http://user:password@host:port" or without "http://"; what does not belong
/// into a URL is written as %NN in user and password. Fails with transport.bad-proxy; the message
/// never quotes the text, which may hold a password.
[[nodiscard]] Result<Proxy> parse_proxy(std::string_view text);

/// getenv(3), or a stand-in.
using Environment = std::function<const char*(const char* name)>;

/// What https_proxy or HTTPS_PROXY say (the former goes first), unless no_proxy or NO_PROXY exempt
/// the host (transport/no_proxy.h). Never for ws:// and http://, and never for this host itself.
/// Fails with transport.bad-proxy.
[[nodiscard]] Result<std::optional<Proxy>> proxy_from_environment(const Url& url,
                                                                  const Environment& environment);

/// A sentence for each entry of no_proxy that is not understood; none where no proxy is set or the
/// URL would not be reached through one.
[[nodiscard]] std::vector<Error> no_proxy_warnings(const Url& url, const Environment& environment);

}  // namespace sfteams::transport
