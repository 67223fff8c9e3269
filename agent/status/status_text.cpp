#include <fmt/format.h>

#include "agent/status/status.h"
#include "base/clock/uptime_text.h"
#include "base/error/counted.h"
#include "base/json/error_json.h"
#include "base/json/printable.h"
#include "base/json/view.h"

// The status for people, from its JSON form.

namespace sfteams::agent {
namespace {

constexpr long long kDay = 86'400;

/// "; last error: [code] message — hint", or nothing.
std::string error_text(const Json::Value& object, const char* member = "error",
                       const char* title = "last error") {
  const Json::Value& error = json::part(object, member);
  if (!error.isObject()) return {};
  return fmt::format("; {}: {}", title, json::describe_error_json(error));
}

std::string uptime_text(const Json::Value& status) {
  const Json::Value& value = json::part(status, "uptime");
  if (!value.isInt64()) return "?";
  return clock::uptime_text(value.asInt64());
}

std::string tunnel_text(const Json::Value& tunnel) {
  std::string line = fmt::format("{}, {}", json::printable_member(tunnel, "state"),
                                 json::printable_member(tunnel, "url"));
  if (json::part(tunnel, "proxy").isString())
    line += ", by the proxy " + json::printable_member(tunnel, "proxy");
  if (json::part(tunnel, "since").isString())
    line += ", since " + json::printable_member(tunnel, "since");
  const Json::Value& trip = json::part(tunnel, "roundTripMs");
  if (trip.isNumeric()) line += fmt::format(", round trip {:.1f} ms", trip.asDouble());
  const Json::Value& next = json::part(tunnel, "nextTryMs");
  if (next.isNumeric()) line += fmt::format(", next try in {:.1f} s", next.asDouble() / 1000);
  return line + error_text(tunnel);
}

std::string key_text(const Json::Value& key) {
  if (!key.isObject()) return "none yet; make one with: starface-teams-agent key new";
  std::string line = fmt::format("{}, made {}", json::printable_member(key, "id"),
                                 json::printable_member(key, "created"));
  if (const Json::Value& age = json::part(key, "age"); age.isInt64() && age.asInt64() >= 2 * kDay)
    line += fmt::format(" ({} days ago)", age.asInt64() / kDay);
  for (const Json::Value& older : json::part(key, "older")) {
    line += fmt::format("; also {} until {}", json::printable_member(older, "id"),
                        json::printable_member(older, "expires"));
  }
  return line;
}

std::string uci_text(const Json::Value& uci) {
  if (!json::is_true(uci, "enabled")) return "switched off ([uci] enabled)";
  std::string line =
      fmt::format("{}, {}", json::is_true(uci, "reachable") ? "reachable" : "not reachable",
                  json::printable_member(uci, "url"));
  if (json::part(uci, "serverVersion").isString())
    line += ", STARFACE " + json::printable_member(uci, "serverVersion");
  if (const Json::Value& sign_in = json::part(uci, "signIn"); sign_in.isObject()) {
    line += fmt::format(", sign-in: {} ({})", json::printable_member(sign_in, "by"),
                        json::printable_member(sign_in, "why"));
  }
  return line + error_text(uci) + error_text(uci, "warning", "warning");
}

/// "2 users", "? users".
std::string counted_part(const Json::Value& value, const char* name, std::string_view one) {
  const Json::Value& number = json::part(value, name);
  return number.isUInt64() ? counted(number.asUInt64(), one) : "? " + std::string(one) + "s";
}

std::string license_text(const Json::Value& license) {
  std::string line = json::is_true(license, "everybodyNamed")
                         ? "whoever the PBX lets in"
                         : counted_part(license, "named", "named user");
  if (json::is_true(license, "byPbx")) line += " and users with the right at the PBX";
  line += ", " + counted_part(license, "licenses", "floating licence");
  if (json::part(license, "until").isString()) {
    line += ", seats until " + json::printable_member(license, "until") + " (UTC)" +
            (json::is_true(license, "endsSoon") ? ", which is soon" : "");
  }
  const std::string since = "warning at " + json::printable_member(license, "warningAt");
  return line + error_text(license) + error_text(license, "warning", since.c_str());
}

std::string sessions_text(const Json::Value& sessions) {
  std::string text = fmt::format("{} of {}", json::number_text(sessions, "open"),
                                 json::number_text(sessions, "most"));
  if (const std::string waiting = json::number_text(sessions, "waiting"); waiting != "0") {
    text += fmt::format(" ({} waiting for a client to come back)", waiting);
  }
  return text;
}

}  // namespace

std::string to_text(const Json::Value& status) {
  const Json::Value& registration = json::part(status, "registration");
  const Json::Value& sessions = json::part(status, "sessions");
  const Json::Value& seats = json::part(status, "seats");
  return fmt::format(
      "agent:        {}, version {}, process {}, running for {}{}{}\n"
      "tunnel:       {}\n"
      "registration: {} as {}, identity {}{}\n"
      "key:          {}\n"
      "uci:          {}\n"
      "license:      {}\n"
      "seats:        {} of {} taken\n"
      "sessions:     {}, {} signed in, {} of them connected to the PBX\n",
      json::printable_member(status, "health"), json::printable_member(status, "version"),
      json::number_text(status, "pid"), uptime_text(status), error_text(json::part(status, "page")),
      error_text(json::part(status, "monitoring")), tunnel_text(json::part(status, "tunnel")),
      json::is_true(registration, "registered") ? "registered" : "not registered",
      json::printable_member(registration, "name"),
      json::printable_member(registration, "identity"), error_text(registration),
      key_text(json::part(status, "key")), uci_text(json::part(status, "uci")),
      license_text(json::part(status, "license")), json::number_text(seats, "taken"),
      json::number_text(seats, "most"), sessions_text(sessions),
      counted_part(sessions, "users", "user"), json::number_text(sessions, "usersConnected"));
}

}  // namespace sfteams::agent
