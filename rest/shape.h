#pragma once

#include <json/value.h>

#include "rest/avatar.h"
#include "rest/contact.h"
#include "rest/person.h"

namespace sfteams::rest {

// The one shape in which clients get it, whatever the PBX's version. A member that would be empty is
// left out.

/// {contacts: [{id, firstName, lastName, title, company, email, jobTitle,
///              numbers: [{kind, number}], internalNumber, externalNumber, avatar}],
///  page, pages, leftOut}
/// `contacts` and each contact's `numbers` are always there; kind is that of name_of().
[[nodiscard]] Json::Value as_json(const ContactPage& page);

/// {id, login, firstName, lastName, email, language, licenseType}
[[nodiscard]] Json::Value as_json(const Me& me);

/// {users: [{accountId, login, firstName, lastName, display, number}], leftOut}
/// `users` is always there.
[[nodiscard]] Json::Value as_json(const Colleagues& colleagues);

/// {type, data}: `data` in Base64; null: there is no picture.
[[nodiscard]] Json::Value as_json(const Avatar& avatar);

}  // namespace sfteams::rest
