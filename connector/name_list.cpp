#include "connector/name_list.h"

#include <ostream>
#include <span>

#include <fmt/format.h>

#include "base/clock/utc_time.h"
#include "base/json/json.h"
#include "base/json/printable.h"
#include "base/json/view.h"
#include "base/text/encoding.h"
#include "connector/name_switch.h"

namespace sfteams::connector {
namespace {

std::string when(UnixSeconds time) {
  return time == 0 ? "never" : clock::utc_text(time);
}

Json::Value when_json(UnixSeconds time) {
  return time == 0 ? Json::Value() : Json::Value(clock::utc_text(time));
}

const char* state_of(const Ownership& ownership) {
  if (ownership.disabled) return "disabled";
  return ownership.identity ? "pinned" : "enrolled";
}

/// nullptr: it is not online, or nobody knows.
const Json::Value* agent_of(const Online& online, const std::string& name) {
  if (!online) return nullptr;
  const auto found = online->find(name);
  return found == online->end() ? nullptr : &found->second;
}

/// At which other node its agent is; nullptr: at none.
const AgentPlace* place_of(const Places& places, const std::string& name) {
  if (!places) return nullptr;
  const auto found = places->find(name);
  return found == places->end() ? nullptr : &found->second;
}

Json::Value record_json(const NameRecord& record, const Online& online, const Places& places) {
  const Ownership& ownership = record.ownership;
  const Json::Value* const agent = agent_of(online, record.name);
  Json::Value value(Json::objectValue);
  value["name"] = record.name;
  value["state"] = state_of(ownership);
  value["enrolled"] = ownership.enrolled;
  value["disabled"] = Json::Value();
  if (ownership.disabled) {
    value["disabled"]["since"] = clock::utc_text(ownership.disabled->at);
    value["disabled"]["reason"] = ownership.disabled->reason;
  }
  value["identity"] =
      ownership.identity ? Json::Value(text::to_hex(*ownership.identity)) : Json::Value();
  value["first_seen"] = when_json(record.first_seen);
  value["last_seen"] = when_json(record.last_seen);
  value["keys"] = static_cast<Json::Int64>(record.keys);
  const AgentPlace* const place = place_of(places, record.name);
  const bool known = online && places && (agent != nullptr || place == nullptr || place->certain);
  value["online"] = known ? Json::Value(agent != nullptr || place != nullptr) : Json::Value();
  value["node"] =
      place == nullptr || place->node.empty() ? Json::Value() : Json::Value(place->node);
  value["agent"] = agent == nullptr ? Json::Value() : *agent;
  value["agent"].removeMember("name");
  if (agent != nullptr && agent->isMember("node")) value["node"] = (*agent)["node"];
  value["agent"].removeMember("node");
  return value;
}

std::string place_text(const AgentPlace& place) {
  if (place.certain) return "at node " + place.node;
  if (place.node.empty()) return "not known: other nodes cannot be asked";
  return "at node " + place.node + " when it could last be asked";
}

/// What stands in the last column.
std::string agent_text(const NameRecord& record, const Online& online, const Places& places) {
  std::string text = "?";
  if (const Json::Value* agent = agent_of(online, record.name)) {
    text =
        fmt::format("{} from {} since {}, clients: {}", json::printable_member(*agent, "software"),
                    json::printable_member(*agent, "address"),
                    json::printable_member(*agent, "since"), json::number_text(*agent, "clients"));
    if (agent->isMember("node")) text += ", at node " + json::printable_member(*agent, "node");
  } else if (const AgentPlace* const place = place_of(places, record.name)) {
    text = place_text(*place);
  } else if (online && places) {
    text = "offline";
  }
  const auto& disabled = record.ownership.disabled;
  if (disabled && !disabled->reason.empty()) text += "; disabled: " + disabled->reason;
  return text;
}

}  // namespace

Result<void> list_names(Registry& registry, const Online& online, const Places& places,
                        bool as_json, std::ostream& out, std::ostream& warnings) {
  const Result<std::vector<NameRecord>> records = registry.list();
  if (!records) return fail(records.error());
  if (!online) warnings << "it is not known who is online: " << online.error().line << '\n';
  if (online && !places)
    warnings << "it is not known who is at other nodes: " << places.error().line << '\n';
  if (as_json) {
    Json::Value names(Json::arrayValue);
    for (const NameRecord& record : *records)
      names.append(record_json(record, online, places));
    out << json::write_pretty(names) << '\n';
    return {};
  }
  if (records->empty()) {
    out << "The registry has no names yet.\n";
    return {};
  }
  constexpr const char* kLine = "{:<40} {:<8} {:<8} {:<16} {:<20} {:<20} {:<4} {}\n";
  out << fmt::format(fmt::runtime(kLine), "NAME", "STATE", "ENROLLED", "IDENTITY", "FIRST SEEN",
                     "LAST SEEN", "KEYS", "AGENT");
  for (const NameRecord& record : *records) {
    out << fmt::format(fmt::runtime(kLine), record.name, state_of(record.ownership),
                       record.ownership.enrolled ? "yes" : "no", identity_text(record.ownership),
                       when(record.first_seen), when(record.last_seen), record.keys,
                       agent_text(record, online, places));
  }
  return {};
}

}  // namespace sfteams::connector
