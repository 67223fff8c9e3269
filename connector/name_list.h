#pragma once

#include <iosfwd>

#include "base/error/error.h"
#include "base/json/told.h"
#include "connector/control_client.h"
#include "connector/registry/registry.h"

namespace sfteams::connector {

/// Who is online, or why nobody knows.
using Online = tl::expected<OnlineByName, json::Told>;

/// Where agents are that are not at this node, or why nobody knows; of a node of a cluster.
using Places = tl::expected<PlaceByName, json::Told>;

/// One line a name, or a JSON array (docs/connector-status.md). Says on `warnings` when it is not known who is
/// online. Fails with the codes of the registry.
[[nodiscard]] Result<void> list_names(Registry& registry, const Online& online,
                                      const Places& places, bool as_json, std::ostream& out,
                                      std::ostream& warnings);

}  // namespace sfteams::connector
