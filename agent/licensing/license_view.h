#pragma once

#include <string>

#include <json/value.h>

#include "agent/licensing/license_book.h"
#include "agent/licensing/seats.h"

namespace sfteams::agent {

/// A licence for people and programs: its terms, and why it gives no seats, if so.
[[nodiscard]] Json::Value license_json(const LicenseBook::Entry& entry);
/// What Licensing::list() gives, without a running agent: nobody holds a seat.
[[nodiscard]] Json::Value license_list_json(const LicenseBook& book, const Seats& seats,
                                            LicenseBook::Now now);
/// The lines for people: of one licence, and of all of it.
[[nodiscard]] std::string license_line(const Json::Value& license);
[[nodiscard]] std::string license_list_text(const Json::Value& list);

}  // namespace sfteams::agent
