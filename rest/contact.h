#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error/error.h"

namespace sfteams::rest {

/// What a number is for, as the address book has it.
enum class NumberKind {
  office,    ///< OFFICE_PHONE_NUMBER
  mobile,    ///< MOBILE_PHONE_NUMBER
  private_,  ///< PRIVATE_PHONE_NUMBER
  fax,       ///< FAX_NUMBER
  other,     ///< PHONE_NUMBER, and numbers of which nothing is known
};

/// "office", "mobile", "private", "fax", "other".
[[nodiscard]] std::string_view name_of(NumberKind kind);

/// As it was typed by someone: with spaces, slashes, letters perhaps. At most 64 bytes, with at
/// least one digit.
struct ContactNumber {
  NumberKind kind = NumberKind::other;
  std::string number;

  friend bool operator==(const ContactNumber&, const ContactNumber&) = default;
};

/// One entry of the address book. Every text is valid UTF-8 without control characters, and empty
/// when the entry has none; lengths are in bytes.
struct Contact {
  std::string id;          ///< at most 128; empty: the PBX named none
  std::string first_name;  ///< this and what follows: at most kMostText
  std::string last_name;
  std::string title;
  std::string company;
  std::string email;
  std::string job_title;
  std::vector<ContactNumber> numbers;  ///< at most kMostNumbers, each once
  std::string internal_number;         ///< of a colleague: at most 64
  std::string external_number;         ///< likewise
  /// What the PBX says about a picture, at most 512 bytes; what it means depends on the PBX's
  /// version, so it may only be compared. Empty: there is none, or it is the picture itself.
  std::string avatar;

  friend bool operator==(const Contact&, const Contact&) = default;
};

inline constexpr std::size_t kMostContacts = 100;
inline constexpr std::size_t kMostNumbers = 50;

/// One page of what was found.
struct ContactPage {
  std::vector<Contact> contacts;      ///< at most kMostContacts
  std::optional<std::int64_t> page;   ///< as the PBX counts, from 0
  std::optional<std::int64_t> pages;  ///< how many there are in all; the PBX does not say how many
                                      ///< contacts
  std::size_t left_out = 0;           ///< entries that could not be read, or were too many
};

/// Reads the answer to GET /rest/contacts:
///   {contacts: [{id, summaryValues[], phoneNumberValues[], additionalValues{}}], metadata{},
///    summaryBlockSchema{attributes[]}, phoneNumbersBlockSchema{attributes[]}}
/// The n-th value of a list belongs to the n-th attribute of the block's schema, whose displayKey
/// says what it is. A value without an attribute is a number among numbers and nothing otherwise.
/// An entry without a name and without a number is left out. Fails with rest.too-large and
/// rest.broken-reply.
[[nodiscard]] Result<ContactPage> read_contacts(std::string_view body);

}  // namespace sfteams::rest
