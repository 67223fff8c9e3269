#pragma once

#include <cstdint>
#include <string_view>

#include <json/value.h>

#include "simulator/directory.h"

namespace sfteams::simulator {

// Users, groups and permissions as REST shows them.

/// The number by which REST knows a user.
[[nodiscard]] std::int64_t account_id(const User& user);
/// nullptr: nobody's, or no number.
[[nodiscard]] const User* user_by_account(const Directory& directory, std::string_view id);

[[nodiscard]] Json::Value user_json(const User& user);
/// All users and groups.
[[nodiscard]] Json::Value accounts_json(const Directory& directory);
/// Those that any user has.
[[nodiscard]] Json::Value permissions_json(const Directory& directory);
[[nodiscard]] Json::Value permissions_json(const Directory& directory, const User& user);

}  // namespace sfteams::simulator
