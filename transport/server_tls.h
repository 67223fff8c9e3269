#pragma once

// Only for the .cpp files of this room: OpenSSL stays behind the public headers.

#include <optional>

#include <openssl/ssl.h>

#include "base/error/error.h"
#include "transport/server.h"

namespace sfteams::transport {

/// Gives a listening end its certificate, its key and its rules. Fails with
/// transport.certificate-unreadable, transport.certificate-mismatch or transport.tls-failed.
[[nodiscard]] Result<void> set_up_server(SSL_CTX* context, const ServerTls& files);

/// When its chain is good; nullopt when it has none.
[[nodiscard]] std::optional<Validity> chain_validity(SSL_CTX* context);

}  // namespace sfteams::transport
