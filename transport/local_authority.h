#pragma once

// Only for the .cpp files of this room: OpenSSL stays behind the public headers.

#include <filesystem>
#include <span>
#include <vector>

#include <openssl/x509.h>

namespace sfteams::transport {

/// Where administrators put authorities that the system is to trust beside the public ones: Debian
/// and Red Hat.
[[nodiscard]] std::vector<std::filesystem::path> local_authority_directories();

/// Whether a certificate is among the PEM or DER files in these directories. One that cannot be
/// read counts as not there.
[[nodiscard]] bool is_among(const X509& certificate,
                            std::span<const std::filesystem::path> directories);

}  // namespace sfteams::transport
