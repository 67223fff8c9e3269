#include "agent/status/status.h"

#include <fmt/format.h>

#include "agent/pbx/pbx_probe.h"
#include "agent/uplink/codes.h"
#include "base/clock/utc_time.h"
#include "base/error/counted.h"
#include "base/json/printable.h"
#include "base/json/view.h"
#include "base/text/encoding.h"

namespace sfteams::agent {
namespace {

using std::chrono::system_clock;

constexpr long long kDay = 86'400;

Json::Value error_json(const std::optional<Error>& error) {
  if (!error) return {};
  Json::Value json(Json::objectValue);
  json["code"] = std::string(error->code.id);
  json["message"] = error->message;
  json["hint"] = error->hint;
  return json;
}

const char* name_of(Uplink::State state) {
  switch (state) {
    case Uplink::State::connecting:
      return "connecting";
    case Uplink::State::registered:
      return "connected";
    case Uplink::State::waiting:
      return "waiting";
    case Uplink::State::stopped:
      break;
  }
  return "stopped";
}

const char* name_of(Health health) {
  switch (health) {
    case Health::well:
      return "well";
    case Health::warning:
      return "warning";
    case Health::critical:
      break;
  }
  return "critical";
}

double milliseconds(std::chrono::microseconds duration) {
  return static_cast<double>(duration.count()) / 1000.0;
}

const char* name_of(Link::KeysAtConnector keys) {
  switch (keys) {
    case Link::KeysAtConnector::taken:
      return "taken";
    case Link::KeysAtConnector::pending:
      return "pending";
    case Link::KeysAtConnector::unknown:
      break;
  }
  return "unknown";
}

Json::Value registration_json(const Status& status) {
  Json::Value json(Json::objectValue);
  json["name"] = status.system_name;
  json["registered"] = status.uplink.state == Uplink::State::registered;
  json["identity"] = text::to_hex(status.identity);
  json["keys"] = status.uplink.keys ? Json::Value(name_of(*status.uplink.keys)) : Json::Value();
  json["error"] = error_json(keys_error(status));
  return json;
}

Json::Value tunnel_json(const Status& status) {
  const Uplink::Status& uplink = status.uplink;
  Json::Value json(Json::objectValue);
  json["state"] = name_of(uplink.state);
  json["url"] = status.connector_url;
  json["proxy"] = status.proxy ? Json::Value(*status.proxy) : Json::Value();
  json["since"] = Json::Value();
  json["roundTripMs"] = Json::Value();
  json["nextTryMs"] = Json::Value();
  if (uplink.registered_since) json["since"] = clock::utc_text(*uplink.registered_since);
  if (uplink.round_trip) json["roundTripMs"] = milliseconds(*uplink.round_trip);
  if (uplink.next_try) {
    json["nextTryMs"] = static_cast<Json::Int64>(uplink.next_try->count());
  }
  json["error"] = error_json(uplink.last_error);
  return json;
}

Json::Value uci_json(const Status& status) {
  Json::Value json(Json::objectValue);
  json["enabled"] = status.uci_enabled;
  json["url"] = status.uci_url;
  json["serverVersion"] =
      status.accounts.server_version ? Json::Value(*status.accounts.server_version) : Json::Value();
  const bool known = status.uci_enabled && status.uci_asked;
  const bool doubtful = status.uci_error && is_doubt(*status.uci_error);
  const bool reachable = !status.uci_error || doubtful;
  json["reachable"] = known ? Json::Value(reachable) : Json::Value();
  json["error"] = error_json(reachable ? status.accounts.error : status.uci_error);
  json["warning"] = error_json(doubtful ? status.uci_error : std::nullopt);
  return json;
}

Json::Value license_json(const Licensing::Summary& licensing) {
  Json::Value json(Json::objectValue);
  json["everybodyNamed"] = licensing.everybody_named;
  json["named"] = static_cast<Json::Int64>(licensing.named);
  json["licenses"] = static_cast<Json::Int64>(licensing.licenses);
  json["until"] =
      licensing.last_day ? Json::Value(clock::day_text(*licensing.last_day)) : Json::Value();
  json["error"] = error_json(licensing.problem);
  json["endsSoon"] = licensing.ends_soon;
  return json;
}

// --- for people ---

/// "; last error: [code] message — hint", or nothing.
std::string error_text(const Json::Value& object, const char* member = "error",
                       const char* title = "last error") {
  const Json::Value& error = json::part(object, member);
  if (!error.isObject()) return {};
  std::string line = fmt::format("; {}: [{}] {}", title, json::printable_member(error, "code"),
                                 json::printable_member(error, "message"));
  if (const std::string hint = json::printable_member(error, "hint"); !hint.empty())
    line += " — " + hint;
  return line;
}

std::string uptime_text(const Json::Value& status) {
  const Json::Value& value = json::part(status, "uptime");
  if (!value.isInt64()) return "?";
  const long long seconds = value.asInt64();
  if (seconds < 120) return fmt::format("{} s", seconds);
  if (seconds < 7200) return fmt::format("{} min", seconds / 60);
  return fmt::format("{} h {} min", seconds / 3600, seconds / 60 % 60);
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
  line += ", " + counted_part(license, "licenses", "floating licence");
  if (json::part(license, "until").isString()) {
    line += ", seats until " + json::printable_member(license, "until") + " (UTC)" +
            (json::is_true(license, "endsSoon") ? ", which is soon" : "");
  }
  return line + error_text(license);
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

std::optional<Error> keys_error(const Status& status) {
  if (status.uplink.keys != Link::KeysAtConnector::pending) return std::nullopt;
  return Error{codes::kKeysNotTaken, "the connector has not taken the changed system keys yet",
               "wait some seconds: the agent registers again when it stays so"};
}

Health health(const Status& status) {
  if (status.uplink.state != Uplink::State::registered || status.keys.empty() ||
      keys_error(status) ||
      (status.uci_enabled && status.uci_error && !is_doubt(*status.uci_error)))
    return Health::critical;
  const Licensing::Summary& licensing = status.licensing;
  const bool full = licensing.seats > 0 && licensing.taken >= licensing.seats;
  if (!status.uci_enabled || licensing.problem || licensing.ends_soon || full ||
      status.accounts.error || status.uci_error || status.page_error || status.monitoring_error)
    return Health::warning;
  return Health::well;
}

Json::Value to_json(const Status& status, system_clock::time_point now) {
  Json::Value json(Json::objectValue);
  json["format"] = 1;
  json["version"] = status.version;
  json["pid"] = status.pid;
  json["uptime"] = static_cast<Json::Int64>(status.uptime.count());
  json["health"] = name_of(health(status));
  json["healthy"] = health(status) == Health::well;
  json["tunnel"] = tunnel_json(status);
  json["registration"] = registration_json(status);
  json["key"] = Json::Value();
  for (const ActiveKey& key : status.keys) {
    Json::Value shown(Json::objectValue);
    shown["id"] = text::to_hex(key.admission.id);
    shown["created"] = key.created;
    if (key.admission.expires == 0) {
      if (const auto made = clock::parse_utc(key.created)) {
        const auto age = std::chrono::duration_cast<std::chrono::seconds>(now - *made);
        shown["age"] = static_cast<Json::Int64>(age.count());
      }
      shown["older"] = Json::Value(Json::arrayValue);
      json["key"] = std::move(shown);
    } else {
      shown["expires"] = clock::utc_text(static_cast<clock::UnixSeconds>(key.admission.expires));
      json["key"]["older"].append(std::move(shown));
    }
  }
  json["uci"] = uci_json(status);
  json["license"] = license_json(status.licensing);
  json["seats"]["most"] = static_cast<Json::Int64>(status.licensing.seats);
  json["seats"]["taken"] = static_cast<Json::Int64>(status.licensing.taken);
  json["sessions"]["open"] = static_cast<Json::Int64>(status.sessions);
  json["sessions"]["waiting"] = static_cast<Json::Int64>(status.sessions_waiting);
  json["sessions"]["most"] = static_cast<Json::Int64>(status.max_sessions);
  json["sessions"]["users"] = static_cast<Json::Int64>(status.accounts.users);
  json["sessions"]["usersConnected"] = static_cast<Json::Int64>(status.accounts.connected);
  json["page"]["error"] = error_json(status.page_error);
  json["monitoring"]["error"] = error_json(status.monitoring_error);
  return json;
}

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
