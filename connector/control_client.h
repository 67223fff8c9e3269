#pragma once

#include <filesystem>
#include <map>
#include <string>

#include <json/value.h>

#include "base/json/told.h"

namespace sfteams::connector {

/// What the running connector of this registry tells of itself (docs/connector-status.md). Fails with
/// connector.not-running, and otherwise as transport::ask_control() does.
[[nodiscard]] tl::expected<Json::Value, json::Told> ask_status(
    const std::filesystem::path& registry_file);

/// Who is online, by name; each as to_json() of connector/online.h, but from another process, whose
/// version may be another one. Fails as ask_status().
using OnlineByName = std::map<std::string, Json::Value, std::less<>>;
[[nodiscard]] tl::expected<OnlineByName, json::Told> ask_online(
    const std::filesystem::path& registry_file);

}  // namespace sfteams::connector
