#pragma once

#include <string>

#include "base/error/error.h"
#include "transport/url.h"

namespace sfteams::transport {

// The words for failures that websockets (proxy_handshake.h, dial_link.h) and HTTP requests
// (http_failure.h) have in common. Each function only composes an Error.

/// Whether a proxy that answers CONNECT with this HTTP status wants user and password, or others
/// than it got.
[[nodiscard]] bool wants_credentials(long status);

/// transport.proxy-authentication. `proxy`: its host and port; `sent`: the request had a user and a
/// password.
[[nodiscard]] Error credentials_refused(const std::string& proxy, bool sent);

/// transport.proxy-denied: the answer to CONNECT is `status`. `target`: where the proxy was to
/// connect to.
[[nodiscard]] Error proxy_denied(const std::string& proxy, const std::string& target, long status,
                                 std::string hint);

/// transport.proxy-failed: "the proxy <proxy> <what>".
[[nodiscard]] Error proxy_failed(const std::string& proxy, const std::string& what);

/// transport.tls-failed: the handshake did not come about. `where` names the peer in the message,
/// `reason` is OpenSSL's or ours, `url` is what was asked for.
[[nodiscard]] Error tls_handshake_failed(const std::string& where, const std::string& reason,
                                         const Url& url);

}  // namespace sfteams::transport
