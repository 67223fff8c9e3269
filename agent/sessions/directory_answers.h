#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <json/value.h>

#include "rest/contact.h"
#include "rest/person.h"

namespace sfteams::agent {

/// The params of contacts.search: {text, page?, size?}.
struct ContactSearch {
  std::string_view text;   ///< of the params: at most rest::Client::kMostSearch bytes
  std::int64_t page = 0;   ///< from 0, below rest::Client::kMostPages
  std::int64_t size = 20;  ///< 1 to rest::kMostContacts
};
/// nullopt: something is missing, unknown, of another type or beyond its bounds.
[[nodiscard]] std::optional<ContactSearch> contact_search_in(const Json::Value& params);

// Whole JSON-RPC answers, as docs/protocol.md describes them, of at most `most` bytes: of a list that
// would be larger the end is left out, and counted in leftOut.

/// {contacts, page, more, leftOut}: the page that was asked for. No avatars.
[[nodiscard]] std::string contacts_answer(const Json::Value& id, rest::ContactPage page,
                                          const ContactSearch& asked, std::size_t most);
/// The user of whom users.avatar wants the picture: {"user"}, and nothing else in `params`; nullopt
/// for all but that, and for what is no user's id (rest::Client::is_user_id()).
[[nodiscard]] std::optional<std::string> avatar_owner_in(const Json::Value& params);

/// {users, leftOut}
[[nodiscard]] std::string users_answer(const Json::Value& id, const rest::Colleagues& colleagues,
                                       std::size_t most);

}  // namespace sfteams::agent
