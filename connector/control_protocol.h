#pragma once

#include <cstddef>
#include <filesystem>

namespace sfteams::connector::control {

// What the running connector is asked for over its control socket: one JSON object {"command":
// NAME, …}, answered as base/json/told.h says. What changes names is asked of a node of a cluster only:
// alone, it is done to the registry itself, with or without a connector (connector/name_changes.h).

/// docs/connector-status.md has the answer.
inline constexpr const char* kStatus = "status";
/// "after": a name, "" at first. Answered with {"agents": […], "more": true when the last of these
/// is to be asked for as "after"}; each agent as to_json() of connector/online.h.
inline constexpr const char* kOnline = "online";
/// {"names": […]}: where their agents are, {"places": [{"name", "node", "certain"}, …]}, without those
/// that no node has. Not certain: where it was last, or null when not even that is known, because the
/// other nodes could not be asked. Of a node of a cluster.
inline constexpr const char* kPlaces = "places";
/// {"action": "enroll", "forget", "disable" or "enable", "name", "who", "at": seconds since 1970,
/// "reason"}: has it written into the log of names. Answered with {"changed": false when there was
/// nothing to change}; of a node of a cluster.
inline constexpr const char* kChange = "change";
/// Agents in one answer, which has to stay below transport::ControlServer::kMaxAnswer.
inline constexpr std::size_t kMostInAnswer = 1'000;

/// Beside the registry, which belongs to one connector: "registry.sqlite3.control".
[[nodiscard]] inline std::filesystem::path socket_of(const std::filesystem::path& registry_file) {
  return registry_file.string() + ".control";
}

}  // namespace sfteams::connector::control
