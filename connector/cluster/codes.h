#pragma once

#include "base/error/error.h"

namespace sfteams::connector::codes {

// The file with what all nodes of a cluster share.
inline constexpr Code kClusterKeyUnreadable{"connector.cluster-key-unreadable", Exit::config};
inline constexpr Code kClusterKeyMalformed{"connector.cluster-key-malformed", Exit::config};

}  // namespace sfteams::connector::codes
