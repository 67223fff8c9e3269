#pragma once

#include <string>

#include <json/value.h>

#include "agent/keys/key_ring.h"
#include "base/error/error.h"

namespace sfteams::agent::control {

/// What passes over the control socket, one JSON text each way, answered with {"result": …} or
/// {"error": {"exit": 73, "line": "[code] message — hint"}}:
///
///   {"command": "status" | "reload" | "key-revoke" | "key-show" | "key-file" | "license-list" |
///     "settings" | "uci-renew" | "sessions" | "check-start" | "check" | "admin-link"}
///   {"command": "status", "quick": true}: with what the PBX answered last, without asking it
///   {"command": "key-new", "revoke": true}, {"command": "key-new", "grace": seconds}
///   {"command": "license-add", "text"}, {"command": "license-remove", "id"},
///   {"command": "license-revoke", "user"}, {"command": "session-end", "user"}
///   {"command": "settings-save", "name"?, "uciEnabled"?}
///   {"command": "log", "after": number of a line}, {"command": "log-level", "level"?}
///
/// The administration page gives the same commands, "admin-link" and "reload" excepted.
inline constexpr const char* kStatus = "status";
inline constexpr const char* kReload = "reload";
inline constexpr const char* kKeyNew = "key-new";
inline constexpr const char* kKeyRevoke = "key-revoke";
inline constexpr const char* kLicenseAdd = "license-add";
inline constexpr const char* kLicenseRemove = "license-remove";
inline constexpr const char* kLicenseList = "license-list";
inline constexpr const char* kLicenseRevoke = "license-revoke";
inline constexpr const char* kKeyShow = "key-show";
inline constexpr const char* kKeyFile = "key-file";
inline constexpr const char* kSettings = "settings";
inline constexpr const char* kSettingsSave = "settings-save";
inline constexpr const char* kUciRenew = "uci-renew";
inline constexpr const char* kSessions = "sessions";
inline constexpr const char* kSessionEnd = "session-end";
inline constexpr const char* kCheckStart = "check-start";
inline constexpr const char* kCheck = "check";
inline constexpr const char* kLog = "log";
inline constexpr const char* kLogLevel = "log-level";
inline constexpr const char* kAdminLink = "admin-link";

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
