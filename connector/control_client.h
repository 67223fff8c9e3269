#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <json/value.h>

#include "base/json/told.h"

namespace sfteams::connector {

/// What the running connector of this registry tells of itself (docs/connector-status.md). Fails with
/// connector.not-running, and otherwise as transport::ask_control() does.
[[nodiscard]] tl::expected<Json::Value, json::Told> ask_status(
    const std::filesystem::path& registry_file);

/// The answer of the running connector to any question of connector/control_protocol.h. Fails as
/// ask_status().
[[nodiscard]] tl::expected<Json::Value, json::Told> ask_connector(
    const std::filesystem::path& registry_file, const Json::Value& question);

/// Where an agent is that is not at the node that was asked.
struct AgentPlace {
  std::string node;     ///< "": nobody could say
  bool certain = true;  ///< false: it was there last; whether it still is could not be asked
};

/// At which nodes the agents of these names are, by name: those that are nowhere are not in it. Only
/// of a node of a cluster. Fails as ask_status().
using PlaceByName = std::map<std::string, AgentPlace, std::less<>>;
[[nodiscard]] tl::expected<PlaceByName, json::Told> ask_places(
    const std::filesystem::path& registry_file, const std::vector<std::string>& names);

/// Who is online at this connector, by name; each as to_json() of connector/online.h, but from another process, whose
/// version may be another one. Fails as ask_status().
using OnlineByName = std::map<std::string, Json::Value, std::less<>>;
[[nodiscard]] tl::expected<OnlineByName, json::Told> ask_online(
    const std::filesystem::path& registry_file);

}  // namespace sfteams::connector
