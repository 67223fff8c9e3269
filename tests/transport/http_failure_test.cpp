#include "transport/http_failure.h"

#include <cerrno>
#include <string>

#include <catch2/catch.hpp>
#include <openssl/x509.h>

#include "tests/contains.h"
#include "transport/codes.h"
#include "transport/peer_failures.h"

namespace sfteams::transport {
namespace {

const char* const kPbx = "https://pbx.example:8443";

HttpFailure failure_of(CURLcode code) {
  HttpFailure failure;
  failure.code = code;
  failure.origin = kPbx;
  failure.detail = "in curl's words";
  return failure;
}

HttpFailure behind_proxy(CURLcode code, long status, bool with_credentials = false) {
  HttpFailure failure = failure_of(code);
  failure.proxy = HttpFailure::ProxyLeg{"proxy.example:3128", with_credentials, status};
  return failure;
}

}  // namespace

TEST_CASE("each way in which a transfer fails has its code, and names the peer") {
  struct Row {
    CURLcode code;
    Code expected;
  };
  const Row rows[] = {{CURLE_COULDNT_RESOLVE_HOST, codes::kResolveFailed},
                      {CURLE_COULDNT_CONNECT, codes::kConnectFailed},
                      {CURLE_OPERATION_TIMEDOUT, codes::kTimeout},
                      {CURLE_PEER_FAILED_VERIFICATION, codes::kTlsUntrusted},
                      {CURLE_SSL_ISSUER_ERROR, codes::kTlsUntrusted},
                      {CURLE_SSL_CONNECT_ERROR, codes::kTlsFailed},
                      {CURLE_SSL_CACERT_BADFILE, codes::kCaUnreadable},
                      {CURLE_ABORTED_BY_CALLBACK, codes::kBrokenReply},
                      {CURLE_GOT_NOTHING, codes::kBrokenReply}};
  for (const Row& row : rows) {
    INFO(::curl_easy_strerror(row.code));
    const Error error = explain(failure_of(row.code));
    CHECK(error.code.id == row.expected.id);
    CHECK(contains(error.message, kPbx));
    CHECK_FALSE(error.hint.empty());
  }
}

TEST_CASE("why a connection was refused is said in the system's words, else in libcurl's") {
  HttpFailure failure = failure_of(CURLE_COULDNT_CONNECT);
  CHECK(contains(explain(failure).message, "in curl's words"));
  failure.detail.clear();
  CHECK(contains(explain(failure).message, ::curl_easy_strerror(CURLE_COULDNT_CONNECT)));
  failure.system_error = ECONNREFUSED;
  CHECK(contains(explain(failure).message, "Connection refused"));
}

TEST_CASE("what we broke off ourselves counts before libcurl's code for it") {
  HttpFailure failure = failure_of(CURLE_WRITE_ERROR);
  failure.larger_than = 1000;
  CHECK(explain(failure).code == codes::kReplyTooLarge);
  CHECK(contains(explain(failure).message, "larger than 1000 bytes"));
  failure.verify_error = X509_V_ERR_CERT_SIGNATURE_FAILURE;
  CHECK(explain(failure).code == codes::kTlsUntrusted);
  CHECK(contains(explain(failure).message, "signature"));
  failure.endless_headers = true;
  CHECK(explain(failure).code == codes::kBrokenReply);
  CHECK(contains(explain(failure).message, "its headers do not end"));
}

TEST_CASE("a CA file that libcurl does not take is named with what is wrong with it") {
  HttpFailure failure = failure_of(CURLE_SSL_CACERT_BADFILE);
  failure.system_authorities = "/etc/ssl/all.pem";
  CHECK(contains(explain(failure).message, "/etc/ssl/all.pem"));
  failure.ca_file = "/etc/own.pem";
  CHECK(contains(explain(failure).message, "/etc/own.pem"));
  failure.ca_problem = PemProblem{"is empty", "put a certificate in it"};
  CHECK(explain(failure).message == "the CA file /etc/own.pem is empty");
  CHECK(contains(explain(failure).hint, "put a certificate in it"));
}

TEST_CASE("an answer without TLS is told from a TLS that is too old, for HTTP as for websockets") {
  HttpFailure failure = failure_of(CURLE_SSL_CONNECT_ERROR);
  failure.detail = "error:0A00010B:SSL routines::wrong version number";
  const Error plain = explain(failure);
  CHECK(plain.code == codes::kTlsFailed);
  CHECK(contains(plain.message, "does not speak TLS"));
  const Url wss{"wss", "pbx.example", 8443, "/"};
  const Error dialled = tls_handshake_failed("pbx.example, port 8443", failure.detail, wss);
  CHECK(contains(dialled.message, "TLS with pbx.example, port 8443 failed: what answers there"));
  failure.detail = "protocol version";
  CHECK_FALSE(contains(explain(failure).message, "does not speak TLS"));
  CHECK(contains(explain(failure).hint, "TLS 1.2"));
}

TEST_CASE("a proxy that fails is named, and not what is behind it") {
  struct Row {
    HttpFailure failure;
    Code expected;
    const char* words;
  };
  const CURLcode refused = CURLE_RECV_ERROR;
  const Row rows[] = {
      {behind_proxy(refused, 407), codes::kProxyAuthentication, "wants a user and a password"},
      {behind_proxy(refused, 401, true), codes::kProxyAuthentication, "does not accept user"},
      {behind_proxy(refused, 403), codes::kProxyDenied, "HTTP status 403"},
      {behind_proxy(CURLE_COULDNT_RESOLVE_PROXY, 0), codes::kResolveFailed, "the host of"},
      {behind_proxy(CURLE_COULDNT_CONNECT, 0), codes::kConnectFailed, "connecting to"},
      {behind_proxy(CURLE_OPERATION_TIMEDOUT, 0), codes::kTimeout, "in time"},
      {behind_proxy(CURLE_GOT_NOTHING, 0), codes::kProxyFailed, "did not open a connection"}};
  for (const Row& row : rows) {
    const Error error = explain(row.failure);
    INFO(error.message);
    CHECK(error.code.id == row.expected.id);
    CHECK(contains(error.message, "the proxy proxy.example:3128"));
    CHECK(contains(error.message, row.words));
  }
}

TEST_CASE("behind a proxy that has opened the way, the peer is what failed") {
  const Error error = explain(behind_proxy(CURLE_PEER_FAILED_VERIFICATION, 200));
  CHECK(error.code == codes::kTlsUntrusted);
  CHECK_FALSE(contains(error.message, "proxy.example"));
}

}  // namespace sfteams::transport
