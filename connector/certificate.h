#pragma once

#include <chrono>
#include <optional>

#include "error/error.h"
#include "transport/server.h"

namespace sfteams::connector {

/// transport::check_certificate(), and connector.certificate-expired when it is over at `now`: TLS
/// could be spoken with it, but nobody would.
[[nodiscard]] Result<std::optional<std::chrono::system_clock::time_point>> check_certificate(
    const transport::ServerTls& files, std::chrono::system_clock::time_point now);

}  // namespace sfteams::connector
