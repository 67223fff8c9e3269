#pragma once

#include <string>

#include <json/value.h>

#include "agent/keys/key_ring.h"
#include "base/error/error.h"
#include "base/json/told.h"

namespace sfteams::agent::control {

// What the running agent is asked for: one JSON object {"command": NAME, …} each time, answered
// with {"result": …} or an error. Two ways lead to the same commands (agent/daemon/control_desk.h):
//
// - The control socket, for the agent's own subcommands; base/json/told.h has the form of an error.
// - POST /api/NAME of the administration page, for commands with the right `page` where they are
//   added (agent/daemon/daemon_commands.cpp), with the same members and without "command". An error
//   is {"error": {"code", "message", "hint"}} (agent/admin/page.h), which the page shows in its own
//   words where it knows the code.
//
// What belongs to a request beside "command" stands at each name.

/// "quick": true answers with what the PBX said last, without asking it.
inline constexpr const char* kStatus = "status";
inline constexpr const char* kReload = "reload";
/// "revoke": true ends the older keys at once; "grace": seconds, later. Written and read below.
inline constexpr const char* kKeyNew = "key-new";
inline constexpr const char* kKeyRevoke = "key-revoke";
inline constexpr const char* kKeyShow = "key-show";
inline constexpr const char* kKeyFile = "key-file";
/// "text": the licence key.
inline constexpr const char* kLicenseAdd = "license-add";
/// "id": of the licence key.
inline constexpr const char* kLicenseRemove = "license-remove";
inline constexpr const char* kLicenseList = "license-list";
/// "user": who gives the seat back.
inline constexpr const char* kLicenseRevoke = "license-revoke";
inline constexpr const char* kTicketList = "ticket-list";
/// "user": whose tickets and sessions end, and with "device" (from the list) those of that device only;
/// or "all": true. Answered with {"users": how many had tickets}.
inline constexpr const char* kTicketRevoke = "ticket-revoke";
inline constexpr const char* kSettings = "settings";
/// "name" and "uciEnabled", each of which may be missing (agent/daemon/page_settings.h).
inline constexpr const char* kSettingsSave = "settings-save";
inline constexpr const char* kUciRenew = "uci-renew";
inline constexpr const char* kSessions = "sessions";
/// "user": who is signed out, on all devices: the user's tickets end, too.
inline constexpr const char* kSessionEnd = "session-end";
inline constexpr const char* kCheckStart = "check-start";
inline constexpr const char* kCheck = "check";
/// "after": the number of a line; without it, from the oldest line on.
inline constexpr const char* kLog = "log";
/// "level": error, warn, info, debug or trace; without it, the level is only returned.
inline constexpr const char* kLogLevel = "log-level";
inline constexpr const char* kAdminLink = "admin-link";

/// {"command": name}, to which the caller adds what belongs to it.
[[nodiscard]] Json::Value write_request(const char* name);
[[nodiscard]] Json::Value write_key_new(const OldKeys& old);
[[nodiscard]] OldKeys read_old_keys(const Json::Value& request);

[[nodiscard]] std::string write_answer(const Result<Json::Value>& result);

using json::Told;
/// Fails with Told: the daemon's error, or that the answer was none.
[[nodiscard]] tl::expected<Json::Value, Told> read_answer(const std::string& text);

}  // namespace sfteams::agent::control
