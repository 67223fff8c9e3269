#pragma once

#include <string>
#include <string_view>

#include "base/error/error.h"

namespace sfteams::keygen {

/// The URL unchanged when it begins with wss:// (lower case), or with ws:// and names this host by
/// its loopback (base/hosts/loopback.h), has a host, and neither user information, query nor
/// fragment; at most 2,048 printable ASCII characters, 127 of them the host. Fails with
/// keygen.bad-connector and what is wrong. All who read or write a key file or take a connector's
/// URL for one ask here. transport::parse_url, which this room may not enter, is stricter and has
/// the last word when a client connects.
[[nodiscard]] Result<std::string> checked_connector_url(std::string_view text);

}  // namespace sfteams::keygen
