#pragma once

#include <string>
#include <vector>

#include <json/value.h>

#include "connector/cluster_state.h"
#include "connector/problem.h"

namespace sfteams::connector {

// What `status` tells of a cluster, besides that of each connector (connector/status.h).

/// Critical: agents here are not found from other nodes, a name cannot be told whose it is, or new
/// ones are kept out until somebody does something.
[[nodiscard]] std::vector<Problem> problems(const ClusterState& state);

/// The member `cluster` of docs/connector-status.md.
[[nodiscard]] Json::Value to_json(const ClusterState& state);

/// Its lines for people, from the JSON form, which may come from another version; empty when it is
/// no object.
[[nodiscard]] std::string cluster_text(const Json::Value& cluster);

}  // namespace sfteams::connector
