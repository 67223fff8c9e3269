#pragma once

// Only for the .cpp files of this room: libcurl's types stay behind http_client.h.

#include <cstddef>
#include <optional>
#include <string>

#include <curl/curl.h>

#include "base/error/error.h"
#include "transport/pem.h"

namespace sfteams::transport {

/// What is known of a transfer that libcurl has ended without a reply.
struct HttpFailure {
  /// The way through a proxy.
  struct ProxyLeg {
    std::string name;               ///< host and port
    bool with_credentials = false;  ///< user and password were sent
    long status = 0;                ///< of the answer to CONNECT; 0: there was none
  };

  CURLcode code = CURLE_OK;
  std::string origin;    ///< "https://pbx.example:8443"
  std::string detail{};  ///< the reason in libcurl's words; empty: none beside the code
  int system_error = 0;  ///< errno of the connect(), 0: unknown
  /// There is a proxy and no request was sent yet, so the way through it may be what failed.
  std::optional<ProxyLeg> proxy{};
  /// The reply is larger than this many bytes, and was cut off.
  std::optional<std::size_t> larger_than{};
  bool endless_headers = false;
  long verify_error = 0;  ///< X509_V_ERR_…, 0: no certificate was refused

  // For CURLE_SSL_CACERT_BADFILE.
  std::string ca_file{};                   ///< empty: the system's authorities
  std::optional<PemProblem> ca_problem{};  ///< what is wrong with ca_file
  std::string system_authorities{};        ///< their file
};

/// The failure as users meet it: transport.proxy-…, .resolve-failed, .connect-failed, .timeout,
/// .tls-…, .ca-unreadable, .reply-too-large or .broken-reply. Asks for nothing else
/// but where `ca_file` lies (base/program/service_view.h).
[[nodiscard]] Error explain(const HttpFailure& failure);

/// transport.broken-reply; `where` is an origin.
[[nodiscard]] Error broken_reply(const std::string& where, const std::string& reason);

}  // namespace sfteams::transport
