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
/// A warning: a node that was there is not heard any more.
inline constexpr Code kNodeSilent{"connector.node-silent", Exit::unavailable};
inline constexpr Code kNodeIdTwice{"connector.node-id-twice", Exit::config};

// The log of who owns which name.
/// It cannot be written just now: the bus is down, or this node has not read all of it.
inline constexpr Code kRegistryLogAway{"connector.registry-log-away", Exit::temp_failure};
/// The log and this node's registry do not say the same of a name.
inline constexpr Code kRegistryContradiction{"connector.registry-contradiction", Exit::data_error};
/// Something that no node of this cluster has written stands where an entry has to be.
inline constexpr Code kRegistryLogForeign{"connector.registry-log-foreign", Exit::data_error};
/// A warning: it has less than this node has read of it.
inline constexpr Code kRegistryLogLost{"connector.registry-log-lost", Exit::io_error};
/// No NATS server keeps streams.
inline constexpr Code kJetStreamOff{"connector.jetstream-off", Exit::config};
/// A stream is missing.
inline constexpr Code kStreamMissing{"connector.stream-missing", Exit::config};
/// A stream is not as it has to be.
inline constexpr Code kStreamWrong{"connector.stream-wrong", Exit::config};

}  // namespace sfteams::connector::codes
