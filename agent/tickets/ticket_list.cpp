#include "agent/tickets/ticket_list.h"

#include <utility>

#include <fmt/format.h>

#include "base/clock/utc_time.h"
#include "base/json/printable.h"
#include "base/json/view.h"

namespace sfteams::agent {

Json::Value ticket_list_json(const std::vector<TicketBook::Entry>& entries) {
  Json::Value json(Json::objectValue);
  json["users"] = Json::Value(Json::arrayValue);
  for (const TicketBook::Entry& entry : entries) {
    Json::Value user(Json::objectValue);
    user["user"] = entry.user;
    user["issued"] = clock::utc_text(entry.issued);
    user["ends"] = clock::utc_text(entry.ends);
    json["users"].append(std::move(user));
  }
  return json;
}

std::string ticket_list_text(const Json::Value& list) {
  std::string lines = fmt::format("users with tickets: {}\n", json::part(list, "users").size());
  for (const Json::Value& user : json::part(list, "users")) {
    lines += fmt::format(
        "  {}, the last one made {}, all over by {}\n", json::printable_member(user, "user"),
        json::printable_member(user, "issued"), json::printable_member(user, "ends"));
  }
  return lines;
}

}  // namespace sfteams::agent
