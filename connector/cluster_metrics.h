#pragma once

#include <vector>

#include "base/metrics/exposition.h"
#include "connector/cluster_state.h"
#include "connector/tallies.h"
#include "monitoring/answer.h"

namespace sfteams::connector {

/// "bus" and "log", the conditions of /readyz that a node of a cluster has beside all others.
[[nodiscard]] std::vector<monitoring::Condition> conditions(const ClusterState& state);

/// What a node of a cluster tells in /metrics beside all others; every name begins with cluster_.
void write_cluster(metrics::Exposition& out, const ClusterState& state, const Tallies& tallies);

}  // namespace sfteams::connector
