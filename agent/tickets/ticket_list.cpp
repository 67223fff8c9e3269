#include "agent/tickets/ticket_list.h"

#include <utility>

#include <fmt/format.h>

#include "base/clock/utc_time.h"
#include "base/json/printable.h"
#include "base/json/view.h"

namespace sfteams::agent {

namespace {

Json::Value device_json(const TicketBook::Device& device) {
  Json::Value json(Json::objectValue);
  json["device"] = device_name(device.series);
  json["software"] = device.software;
  json["since"] = clock::utc_text(device.since);
  json["used"] = clock::utc_text(device.used);
  json["ends"] = clock::utc_text(device.ends);
  return json;
}

}  // namespace

Json::Value ticket_list_json(const std::vector<TicketBook::Entry>& entries) {
  Json::Value json(Json::objectValue);
  Json::Value& users = json["users"] = Json::Value(Json::arrayValue);
  for (const TicketBook::Entry& entry : entries) {
    if (users.empty() || users[users.size() - 1]["user"] != entry.user) {
      Json::Value user(Json::objectValue);
      user["user"] = entry.user;
      users.append(std::move(user));
    }
    users[users.size() - 1]["devices"].append(device_json(entry.device));
  }
  return json;
}

std::string ticket_list_text(const Json::Value& list) {
  std::string lines = fmt::format("users with tickets: {}\n", json::part(list, "users").size());
  for (const Json::Value& user : json::part(list, "users")) {
    lines += fmt::format("  {}\n", json::printable_member(user, "user"));
    for (const Json::Value& device : json::part(user, "devices")) {
      lines += fmt::format(
          "    {} ({}), since {}, last used {}, over by {}\n",
          json::printable_member(device, "device"), json::printable_member(device, "software"),
          json::printable_member(device, "since"), json::printable_member(device, "used"),
          json::printable_member(device, "ends"));
    }
  }
  return lines;
}

}  // namespace sfteams::agent
