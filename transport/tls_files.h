#pragma once

#include <filesystem>

#include "base/error/error.h"

namespace sfteams::transport {

/// Checks a file of authorities for `DialOptions::ca_file` and `HttpCall::ca_file`, without
/// dialling anybody. Fails with transport.ca-unreadable, with transport.ca-not-authority (there
/// are only servers' own certificates in the file) or, when OpenSSL cannot be set up,
/// transport.tls-failed.
[[nodiscard]] Result<void> check_ca_file(const std::filesystem::path& file);

}  // namespace sfteams::transport
