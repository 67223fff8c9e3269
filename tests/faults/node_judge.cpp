#include "tests/faults/node_judge.h"

#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sfteams::faults {
namespace {

void check_log(const NodeSays& says, std::vector<std::string>& broken) {
  const Json::Value& log = says.status["cluster"]["log"];
  if (!log.isObject())
    return broken.push_back(fmt::format("node {} does not say how it is", says.node));
  if (log["inStep"] != true || log["behind"] != 0) {
    broken.push_back(fmt::format("node {} is not in step with the log of names: {}", says.node,
                                 log["phase"].asString()));
  }
  if (!log["contradictions"].isArray() || !log["contradictions"].empty())
    broken.push_back(fmt::format("node {} contradicts the log of names", says.node));
}

/// By name: who owns it.
std::map<std::string, std::string> owners(const Json::Value& list) {
  std::map<std::string, std::string> all;
  for (const Json::Value& entry : list)
    all[entry["name"].asString()] = entry["state"].asString() + " " + entry["identity"].asString();
  return all;
}

/// Of this name, nullptr without one.
const Json::Value* entry_of(const NodeSays& says, const std::string& name) {
  for (const Json::Value& entry : says.list)
    if (entry["name"] == name) return &entry;
  return nullptr;
}

void check_place(const std::vector<NodeSays>& nodes, const std::string& name,
                 std::vector<std::string>& broken) {
  std::vector<std::string> having;
  std::vector<std::string> named;
  for (const NodeSays& says : nodes) {
    const Json::Value* const entry = entry_of(says, name);
    if (entry == nullptr) continue;
    if ((*entry)["agent"].isObject()) having.push_back(says.node);
    if ((*entry)["node"].isString()) named.push_back((*entry)["node"].asString());
  }
  if (having.size() != 1) {
    broken.push_back(
        fmt::format("the agent is at these nodes: [{}], instead of one", fmt::join(having, ", ")));
  } else if (named != std::vector<std::string>(nodes.size(), having.front())) {
    broken.push_back(fmt::format("the agent is at {}, and the nodes name [{}]", having.front(),
                                 fmt::join(named, ", ")));
  }
}

}  // namespace

std::vector<std::string> broken_promises(const std::vector<NodeSays>& nodes,
                                         const std::string& name) {
  std::vector<std::string> broken;
  for (const NodeSays& says : nodes) {
    check_log(says, broken);
    if (entry_of(says, name) == nullptr)
      broken.push_back(fmt::format("node {} does not know the name", says.node));
    if (owners(says.list) != owners(nodes.front().list)) {
      broken.push_back(
          fmt::format("nodes {} and {} have other names", nodes.front().node, says.node));
    }
  }
  check_place(nodes, name, broken);
  return broken;
}

}  // namespace sfteams::faults
