#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error/error.h"

namespace sfteams::rest {

// Every text is valid UTF-8 without control characters, and empty when the PBX does not name it.
// Lengths are in bytes; what has none beside it has at most kMostText.

/// The signed-in user.
struct Me {
  std::string id;  ///< the account's, digits as a rule; at most 64
  std::string login;
  std::string first_name;
  std::string last_name;
  std::string email;
  std::string language;      ///< "de"; at most 16
  std::string license_type;  ///< "USER", "USERLIGHT" (version 10); at most 32

  friend bool operator==(const Me&, const Me&) = default;
};

/// Reads the answer to GET /rest/users/me. Fails with rest.too-large, and with rest.broken-reply
/// when it holds neither an id nor a login.
[[nodiscard]] Result<Me> read_me(std::string_view body);

/// A user of the same PBX.
struct Colleague {
  std::string account_id;  ///< at most 64
  std::string login;       ///< at most 64; most versions do not say it
  std::string first_name;
  std::string last_name;
  std::string display;  ///< how the PBX shows the account
  std::string number;   ///< the primary internal one; at most 64

  friend bool operator==(const Colleague&, const Colleague&) = default;
};

inline constexpr std::size_t kMostColleagues = 5'000;

struct Colleagues {
  std::vector<Colleague> people;  ///< in the PBX's order, at most kMostColleagues
  std::size_t left_out = 0;       ///< users that could not be read, or were too many
};

/// Reads the answer to GET /rest/accounts:
///   [{accountId, firstname, lastname, displayInformation, primaryInternalPhoneNumber, type}]
/// Only accounts of type USER are taken, and those without a type; a user has a name or a number.
/// Fails with rest.too-large and rest.broken-reply.
[[nodiscard]] Result<Colleagues> read_colleagues(std::string_view body);

}  // namespace sfteams::rest
