#include "transport/http_failure.h"

#include <system_error>

#include <openssl/x509.h>

#include "base/program/service_view.h"
#include "transport/codes.h"
#include "transport/peer_failures.h"
#include "transport/url.h"

namespace sfteams::transport {
namespace {

std::string reason_of(const HttpFailure& failure) {
  return failure.detail.empty() ? ::curl_easy_strerror(failure.code) : failure.detail;
}

/// Why the system did not connect.
std::string system_reason(const HttpFailure& failure) {
  if (failure.system_error == 0) return reason_of(failure);
  return std::error_code(failure.system_error, std::generic_category()).message();
}

Error host_not_found(const std::string& whose) {
  return Error{codes::kResolveFailed, "the host of " + whose + " was not found",
               "check how it is written and that this host's name servers know it"};
}

/// When it was the proxy that failed, and not what is behind it.
std::optional<Error> explain_proxy(const HttpFailure& failure) {
  if (!failure.proxy) return std::nullopt;
  const std::string& where = failure.origin;
  const HttpFailure::ProxyLeg& leg = *failure.proxy;
  const std::string the_proxy = "the proxy " + leg.name;
  if (wants_credentials(leg.status)) return credentials_refused(leg.name, leg.with_credentials);
  if (leg.status >= 200 && leg.status < 300) return std::nullopt;
  if (leg.status != 0)
    return proxy_denied(
        leg.name, where, leg.status,
        "have its administrator allow CONNECT to it for this host, and see its log");
  switch (failure.code) {
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
      return host_not_found(the_proxy);
    case CURLE_COULDNT_CONNECT:
      return Error{codes::kConnectFailed,
                   "connecting to " + the_proxy + " failed: " + system_reason(failure),
                   "check host and port of the proxy, and that it runs"};
    case CURLE_OPERATION_TIMEDOUT:
      return Error{codes::kTimeout, the_proxy + " did not open the way to " + where + " in time",
                   "check host and port of the proxy, and see its log"};
    default:
      return proxy_failed(leg.name,
                          "did not open a connection to " + where + ": " + reason_of(failure));
  }
}

Error untrusted(const std::string& where, const std::string& reason) {
  return Error{
      codes::kTlsUntrusted, "the certificate of " + where + " is not trusted: " + reason,
      "name the authority that signed it as ca-file, and use the host name that stands in it"};
}

Error authorities_unreadable(const HttpFailure& failure) {
  constexpr const char* kAboutCaFile =
      "give a PEM file with at least one certificate (package ca-certificates)";
  const std::string& file = failure.ca_file;
  if (const auto& problem = failure.ca_problem)
    return Error{
        codes::kCaUnreadable, "the CA file " + file + " " + problem->what,
        program::hint_about_file(file, problem->hint.empty() ? kAboutCaFile : problem->hint)};
  return Error{codes::kCaUnreadable,
               "the certificate authorities for " + failure.origin + " cannot be read from " +
                   (file.empty() ? failure.system_authorities : file),
               program::hint_about_file(file, kAboutCaFile)};
}

}  // namespace

Error broken_reply(const std::string& where, const std::string& reason) {
  return Error{codes::kBrokenReply, where + " gave no whole HTTP reply: " + reason,
               "see that server's own log; it may have restarted, or be no web server"};
}

Error explain(const HttpFailure& failure) {
  const std::string& where = failure.origin;
  if (std::optional<Error> error = explain_proxy(failure)) return *std::move(error);
  if (failure.endless_headers) return broken_reply(where, "its headers do not end");
  if (failure.verify_error != 0)
    return untrusted(where, ::X509_verify_cert_error_string(failure.verify_error));
  if (failure.larger_than)
    return Error{codes::kReplyTooLarge,
                 "the reply of " + where + " is larger than " +
                     std::to_string(*failure.larger_than) + " bytes",
                 "it was cut off; ask for less at once"};
  switch (failure.code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return host_not_found(where);
    case CURLE_COULDNT_CONNECT:
      return Error{codes::kConnectFailed,
                   "connecting to " + where + " failed: " + system_reason(failure),
                   "check that the service runs there and that no firewall is in between"};
    case CURLE_OPERATION_TIMEDOUT:
      return Error{codes::kTimeout, "connecting to " + where + " took too long",
                   "check that the service runs there and that no firewall is in between"};
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
      return untrusted(where, reason_of(failure));
    case CURLE_SSL_CACERT_BADFILE:
      return authorities_unreadable(failure);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
      return tls_handshake_failed(where, reason_of(failure),
                                  parse_url(where).value_or(Url{"https", "", 443, "/"}));
    case CURLE_ABORTED_BY_CALLBACK:
      return broken_reply(where, "the connection was closed after the request was sent");
    default:
      return broken_reply(where, reason_of(failure));
  }
}

}  // namespace sfteams::transport
