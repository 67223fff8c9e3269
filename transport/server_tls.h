#pragma once

// Only for the .cpp files of this room: OpenSSL stays behind the public headers.

#include <optional>

#include <libwebsockets.h>
#include <openssl/ssl.h>

#include "error/error.h"
#include "transport/server.h"

namespace sfteams::transport {

/// Gives a listening end its certificate, its key and its rules. Fails with
/// transport.certificate-unreadable or transport.certificate-mismatch.
[[nodiscard]] Result<void> set_up_server(SSL_CTX* context, const ServerTls& files);

/// When its chain is good; nullopt when it has none.
[[nodiscard]] std::optional<Validity> chain_validity(SSL_CTX* context);

/// What a listening vhost has as its user.
struct VhostTls {
  ServerTls files;
  SSL_CTX* context = nullptr;  ///< the vhost's own, once it is there
};

/// For libwebsockets: does set_up_server() with the VhostTls that the vhost has as its user, and
/// notes the context there. 0 on success.
[[nodiscard]] int set_up_server_vhost(lws_vhost* vhost, SSL_CTX* context);

}  // namespace sfteams::transport
