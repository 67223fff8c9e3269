#pragma once

#include <string>
#include <vector>

#include <json/value.h>

#include "agent/tickets/ticket_book.h"

namespace sfteams::agent {

/// {"users": [{"user", "issued", "ends"}, …]}: who has tickets, when the last one was made, and when
/// the last one ends at the latest; times in UTC.
[[nodiscard]] Json::Value ticket_list_json(const std::vector<TicketBook::Entry>& entries);
/// The same in lines for people.
[[nodiscard]] std::string ticket_list_text(const Json::Value& list);

}  // namespace sfteams::agent
