#pragma once

#include <chrono>
#include <optional>

#include "base/error/error.h"
#include "transport/server.h"

namespace sfteams::connector {

/// What is wrong with a certificate at `now`, for one that is not yet good or not any more: TLS
/// could be spoken with it, but nobody would. connector.certificate-not-yet or
/// connector.certificate-expired.
[[nodiscard]] std::optional<Code> problem_of(const transport::Validity& validity,
                                             std::chrono::system_clock::time_point now);

/// transport::check_certificate(), and what problem_of() finds.
[[nodiscard]] Result<std::optional<transport::Validity>> check_certificate(
    const transport::ServerTls& files, std::chrono::system_clock::time_point now);

}  // namespace sfteams::connector
