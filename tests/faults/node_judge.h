#pragma once

#include <string>
#include <vector>

#include <json/value.h>

namespace sfteams::faults {

/// What one node of a cluster says of itself, and of names.
struct NodeSays {
  std::string node;
  Json::Value status;  ///< `status --json`; null when it does not answer
  Json::Value list;    ///< `list --json`; likewise
};

/// What a cluster at rest has promised: every node is in step with the log of names and contradicts
/// it nowhere, all have the same names with the same owners, and the agent of `name` is at exactly
/// one of them, which all name. Each text is one broken promise; what is not told counts as broken.
[[nodiscard]] std::vector<std::string> broken_promises(const std::vector<NodeSays>& nodes,
                                                       const std::string& name);

}  // namespace sfteams::faults
