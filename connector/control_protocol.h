#pragma once

#include <cstddef>
#include <filesystem>

namespace sfteams::connector::control {

// What the running connector is asked for over its control socket: one JSON object {"command":
// NAME, …}, answered as base/json/told.h says. Only questions: what changes names is done to the
// registry itself, with or without a connector (connector/commands.h, connector/name_switch.h).

/// docs/connector-status.md has the answer.
inline constexpr const char* kStatus = "status";
/// "after": a name, "" at first. Answered with {"agents": […], "more": true when the last of these
/// is to be asked for as "after"}; each agent as to_json() of connector/online.h.
inline constexpr const char* kOnline = "online";
/// Agents in one answer, which has to stay below transport::ControlServer::kMaxAnswer.
inline constexpr std::size_t kMostInAnswer = 1'000;

/// Beside the registry, which belongs to one connector: "registry.sqlite3.control".
[[nodiscard]] inline std::filesystem::path socket_of(const std::filesystem::path& registry_file) {
  return registry_file.string() + ".control";
}

}  // namespace sfteams::connector::control
