#pragma once

#include "base/error/error.h"

namespace sfteams::connector::codes {

// The file with what all nodes of a cluster share.
inline constexpr Code kClusterKeyUnreadable{"connector.cluster-key-unreadable", Exit::config};
inline constexpr Code kClusterKeyMalformed{"connector.cluster-key-malformed", Exit::config};

// Links between nodes.
/// Warnings: who opened /v1/node, or whom this node has dialled, does not have the cluster's key.
inline constexpr Code kNodeProofWrong{"connector.node-proof-wrong", Exit::config};
/// Another node, or another start of it, answers at an address than is said to be there.
inline constexpr Code kNodeOther{"connector.node-other", Exit::config};

// What is seen on the bus between the nodes.
inline constexpr Code kBusWordDropped{"connector.bus-word-dropped", Exit::protocol};
inline constexpr Code kNodeClockDiffers{"connector.node-clock-differs", Exit::config};
inline constexpr Code kNodeIdTwice{"connector.node-id-twice", Exit::config};

}  // namespace sfteams::connector::codes
