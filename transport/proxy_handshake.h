#pragma once

#include <string>
#include <string_view>

#include "base/crypto/secret.h"
#include "base/error/error.h"
#include "transport/proxy.h"
#include "transport/url.h"

namespace sfteams::transport {

/// The talk with a proxy until it has opened the way (RFC 9110 section 9.3.6): bytes in, bytes out.
class ProxyHandshake {
 public:
  /// Of the proxy's answer; real ones have some hundred bytes.
  static constexpr std::size_t kMaxAnswer = 16'384;

  /// `target`: where the proxy is to connect to.
  ProxyHandshake(const Proxy& proxy, const Url& target, std::string_view user_agent);

  /// The request, to be sent first. Secret because of the credentials.
  [[nodiscard]] const crypto::Secret& request() const { return request_; }

  /// Takes what came, in pieces of any size. True when the way is open; false when more has to
  /// come. Fails with transport.proxy-denied (the proxy refuses, with its status),
  /// transport.proxy-authentication (407, 401), transport.proxy-failed (what answers is no proxy).
  [[nodiscard]] Result<bool> take(std::string_view bytes);
  /// The proxy has closed the connection before its answer was whole.
  [[nodiscard]] Error closed() const;

 private:
  [[nodiscard]] Result<bool> judge(std::string_view head) const;
  [[nodiscard]] Error no_proxy(const std::string& what) const;
  [[nodiscard]] Error wants_authentication(std::string_view head) const;
  [[nodiscard]] Error denied(int status) const;

  std::string proxy_;   ///< for messages
  std::string target_;  ///< host:port
  bool with_credentials_;
  crypto::Secret request_;
  std::string answer_;
};

}  // namespace sfteams::transport
