#include "agent/status/status.h"

#include "agent/pbx/pbx_probe.h"
#include "agent/uplink/codes.h"
#include "base/clock/utc_time.h"
#include "base/error/counted.h"
#include "base/json/error_json.h"
#include "base/json/printable.h"
#include "base/json/view.h"
#include "base/text/encoding.h"

namespace sfteams::agent {
namespace {

using std::chrono::system_clock;

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
  json["error"] = json::error_json(keys_error(status));
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
  json["error"] = json::error_json(uplink.last_error);
  return json;
}

Json::Value uci_json(const Status& status) {
  Json::Value json(Json::objectValue);
  json["enabled"] = status.uci_enabled;
  json["url"] = status.uci_url;
  Json::Value& sign_in = json["signIn"] = Json::Value();
  if (status.uci_auth) {
    sign_in = Json::Value(Json::objectValue);
    sign_in["by"] = std::string(to_string(status.uci_auth->by));
    sign_in["why"] = status.uci_auth->why;
  }
  json["serverVersion"] =
      status.accounts.server_version ? Json::Value(*status.accounts.server_version) : Json::Value();
  const bool known = status.uci_enabled && status.uci_asked;
  const bool doubtful = status.uci_error && is_doubt(*status.uci_error);
  const bool reachable = !status.uci_error || doubtful;
  json["reachable"] = known ? Json::Value(reachable) : Json::Value();
  json["error"] = json::error_json(reachable ? status.accounts.error : status.uci_error);
  json["eventsRefused"] = static_cast<Json::UInt64>(status.events_refused);
  json["lastRefusedEvent"] = json::error_json(status.last_refused_event);
  json["warning"] = json::error_json(doubtful ? status.uci_error : std::nullopt);
  return json;
}

Json::Value license_json(const Status& status) {
  const Licensing::Summary& licensing = status.licensing;
  Json::Value json(Json::objectValue);
  json["everybodyNamed"] = licensing.everybody_named;
  json["byPbx"] = licensing.by_pbx;
  json["named"] = static_cast<Json::Int64>(licensing.named);
  json["licenses"] = static_cast<Json::Int64>(licensing.licenses);
  json["until"] =
      licensing.last_day ? Json::Value(clock::day_text(*licensing.last_day)) : Json::Value();
  json["error"] = json::error_json(licensing.problem);
  json["endsSoon"] = licensing.ends_soon;
  const auto& unknown = status.rights_unknown;
  json["warning"] = json::error_json(unknown ? std::optional(unknown->why) : std::nullopt);
  json["warningAt"] = unknown ? Json::Value(clock::utc_text(unknown->at)) : Json::Value();
  return json;
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
      status.rights_unknown || status.accounts.error || status.uci_error || status.page_error ||
      status.monitoring_error)
    return Health::warning;
  return Health::well;
}

Json::Value to_json(const Status& status, system_clock::time_point now) {
  Json::Value json(Json::objectValue);
  json["format"] = 1;
  json["version"] = status.version;
  json["pid"] = status.pid;
  json["uptime"] = static_cast<Json::Int64>(status.uptime.count());
  json["health"] = std::string(to_string(health(status)));
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
  json["license"] = license_json(status);
  json["seats"]["most"] = static_cast<Json::Int64>(status.licensing.seats);
  json["seats"]["taken"] = static_cast<Json::Int64>(status.licensing.taken);
  json["sessions"]["open"] = static_cast<Json::Int64>(status.sessions);
  json["sessions"]["waiting"] = static_cast<Json::Int64>(status.sessions_waiting);
  json["sessions"]["most"] = static_cast<Json::Int64>(status.max_sessions);
  json["sessions"]["users"] = static_cast<Json::Int64>(status.accounts.users);
  json["sessions"]["usersConnected"] = static_cast<Json::Int64>(status.accounts.connected);
  json["page"]["error"] = json::error_json(status.page_error);
  json["monitoring"]["error"] = json::error_json(status.monitoring_error);
  return json;
}

}  // namespace sfteams::agent
