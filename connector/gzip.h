#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sfteams::connector {

/// As gzip (RFC 1952), as small as zlib makes it, without a name or a time, so that equal bytes give
/// equal ones. nullopt when zlib has no memory.
[[nodiscard]] std::optional<std::string> gzipped(std::string_view bytes);

/// Whether an Accept-Encoding header (RFC 9110 section 12.5.3) takes gzip.
[[nodiscard]] bool accepts_gzip(std::string_view accept_encoding);

}  // namespace sfteams::connector
