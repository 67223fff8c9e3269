#pragma once

#include <string>
#include <string_view>

#include "base/error/error.h"

namespace sfteams::keygen {

/// The URL unchanged when it begins with ws:// or wss:// (lower case), has a host, and neither user
/// information, query nor fragment; at most 2,048 printable ASCII characters, 127 of them the host.
/// Fails with keygen.bad-connector and what is wrong. transport::parse_url(), which this room may
/// not enter, is stricter and has the last word when a client connects.
[[nodiscard]] Result<std::string> checked_connector_url(std::string_view text);

}  // namespace sfteams::keygen
