#pragma once

#include <string>

#include <json/value.h>

#include "agent/key_ring.h"
#include "error/error.h"

namespace sfteams::agent::control {

/// What passes over the control socket, one JSON text each way:
/// {"command": "status"}, {"command": "reload"}, {"command": "key-new", "revoke": true},
/// {"command": "log-level"} with "level" to change it,
/// {"command": "key-new", "grace": seconds}, {"command": "key-revoke"}, {"command": "license-add",
/// "text": …}, {"command": "license-remove", "id": …}, {"command": "license-list"} or {"command":
/// "license-revoke", "user": …}, answered with {"result": …} or {"error": {"exit": 73, "line":
/// "[code] message — hint"}}.
inline constexpr const char* kStatus = "status";
inline constexpr const char* kReload = "reload";
inline constexpr const char* kLogLevel = "log-level";
inline constexpr const char* kKeyNew = "key-new";
inline constexpr const char* kKeyRevoke = "key-revoke";
inline constexpr const char* kLicenseAdd = "license-add";
inline constexpr const char* kLicenseRemove = "license-remove";
inline constexpr const char* kLicenseList = "license-list";
inline constexpr const char* kLicenseRevoke = "license-revoke";

[[nodiscard]] Json::Value write_key_new(const OldKeys& old);
[[nodiscard]] OldKeys read_old_keys(const Json::Value& request);

[[nodiscard]] std::string write_answer(const Result<Json::Value>& result);

/// An error as it came over the control socket: its code is not one of this process's constants.
struct Told {
  int exit = 1;
  std::string line;  ///< as describe() writes it
};
/// Fails with Told: the daemon's error, or that the answer was none.
[[nodiscard]] tl::expected<Json::Value, Told> read_answer(const std::string& text);

}  // namespace sfteams::agent::control
