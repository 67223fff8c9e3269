#pragma once

#include <string_view>

#include <json/value.h>

#include "simulator/address_book.h"
#include "simulator/rest_query.h"

namespace sfteams::simulator {

// The address book as REST shows it. Values of a list are positional: the n-th belongs to the n-th
// attribute of the schema beside it.

[[nodiscard]] Json::Value contact_list_json(AddressBook& book, const ContactQuery& query);
[[nodiscard]] Json::Value contact_json(const Contact& contact);
/// `language`: "en…", German otherwise.
[[nodiscard]] Json::Value contact_scheme_json(AddressBook& book, std::string_view language);
[[nodiscard]] Json::Value contact_tags_json();

}  // namespace sfteams::simulator
