#pragma once

#include <vector>

#include "tests/faults/fault.h"
#include "tests/faults/gauges.h"
#include "tests/integration/cluster.h"

namespace sfteams::faults {

/// What happens to the nodes of a cluster, to the lines between them and to those that lead there,
/// and to NATS. The cluster has relays; all outlive the faults. `nodes`: their numbers at the gauges.
[[nodiscard]] std::vector<Fault> node_faults(integration::Cluster& cluster, Gauges& gauges,
                                             std::vector<Gauges::Number> nodes, Dice& dice);

}  // namespace sfteams::faults
