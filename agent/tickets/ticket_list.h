#pragma once

#include <string>
#include <vector>

#include <json/value.h>

#include "agent/tickets/ticket_book.h"

namespace sfteams::agent {

/// {"users": [{"user", "devices": [{"device", "software", "since", "used", "ends"}, …]}, …]}: who stays
/// signed in, on which devices (device_name(), and what the client called itself), since when, when
/// that was last used, and when it ends at the latest; times in UTC. No user without a device.
[[nodiscard]] Json::Value ticket_list_json(const std::vector<TicketBook::Entry>& entries);
/// The same in lines for people.
[[nodiscard]] std::string ticket_list_text(const Json::Value& list);

}  // namespace sfteams::agent
