#pragma once

// Only for the .cpp files of this room: OpenSSL stays behind the public headers.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <openssl/ssl.h>

#include "base/error/error.h"
#include "transport/websocket.h"

namespace sfteams::transport {

struct SslContextFree {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using SslContext = std::unique_ptr<SSL_CTX, SslContextFree>;

/// The last thing that OpenSSL was unhappy about in this thread, in words; empties its queue.
[[nodiscard]] std::string take_tls_error();

/// The first thing of all that is in the queue, which is what the others follow from: the last one
/// about a PEM file is "PEM lib". Empties it.
[[nodiscard]] std::string take_first_tls_error();

/// The last thing without emptying the queue, for OpenSSL's own callbacks; empty when the queue is.
[[nodiscard]] std::string newest_tls_error();

/// Whether a reason of OpenSSL's means that the other end does not speak TLS at all: a port without
/// it, at which https:// or wss:// was sent.
[[nodiscard]] bool is_answer_without_tls(std::string_view reason);

/// What to do about that at `url`. Names a URL without TLS only where one is taken: for web
/// servers, and for websockets on this host.
[[nodiscard]] std::string no_tls_hint(const Url& url);

/// What a dialling end needs to know whom to trust. TLS 1.2 at least, the peer's certificate
/// required.
class ClientTls {
 public:
  /// Trusts the authorities in the PEM file, or those of the system. Fails with
  /// transport.ca-unreadable, transport.ca-not-authority (there are only servers' own certificates
  /// in the file) or, when OpenSSL cannot be set up, transport.tls-failed.
  [[nodiscard]] static Result<std::unique_ptr<ClientTls>> load(
      const std::optional<std::filesystem::path>& ca_file);
  /// For where no TLS connection is ever dialled.
  [[nodiscard]] static Result<std::unique_ptr<ClientTls>> trusting_nobody();

  [[nodiscard]] SSL_CTX* context() const { return context_.get(); }

 private:
  explicit ClientTls(SslContext context) : context_(std::move(context)) {}
  SslContext context_;
};

/// The most telling part of a certificate's name: "Example Root CA"; of many organizations' own
/// authorities only the organization says anything.
[[nodiscard]] std::string name_in_words(const X509_NAME* name);

/// Names one content of a CA file without reading it: a file that has been replaced gets another
/// key.
[[nodiscard]] std::string ca_key(const std::filesystem::path& file);
/// Where OpenSSL finds the system's authorities: its own place, or $SSL_CERT_FILE.
[[nodiscard]] std::filesystem::path system_ca_file();

/// Binds the verification to a name or address, and says the name (never an address, RFC 6066
/// section 3) in the handshake. libwebsockets does this too, but cuts the name at the first ':', so
/// that an IPv6 address switches the check of the name off.
void expect_peer(SSL* ssl, const std::string& host);

/// True when the chain was verified and the certificate is for `host`: asked again after the
/// handshake, independently of everything that was set up before it.
[[nodiscard]] bool peer_is_verified(const SSL* ssl, const std::string& host);

/// Of a connection whose peer is verified.
[[nodiscard]] TlsFacts tls_facts(const SSL* ssl);

/// transport.tls-untrusted in words, from inside a verification that has failed.
[[nodiscard]] Error untrusted(const X509_STORE_CTX* verification, const std::string& host);

}  // namespace sfteams::transport
