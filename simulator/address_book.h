#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/rest_options.h"

namespace sfteams::simulator {

/// A field of a contact, as REST names it.
struct ContactField {
  std::string_view display_key;  ///< "SURNAME"
  std::string_view german;       ///< "Nachname"
  std::string_view english;      ///< "Last name"
};

/// Of Contact::summary.
inline constexpr std::array kSummaryFields{
    ContactField{"SURNAME", "Nachname", "Last name"}, ContactField{"NAME", "Vorname", "First name"},
    ContactField{"COMPANY", "Firma", "Company"}, ContactField{"JOB_TITLE", "Position", "Position"},
    ContactField{"EMAIL", "E-Mail", "Email"}};
/// Of the front of Contact::numbers.
inline constexpr std::array kNumberFields{ContactField{"OFFICE_PHONE_NUMBER", "Büro", "Office"},
                                          ContactField{"MOBILE_PHONE_NUMBER", "Mobil", "Mobile"},
                                          ContactField{"PRIVATE_PHONE_NUMBER", "Privat", "Private"},
                                          ContactField{"PHONE_NUMBER", "Telefon", "Phone"},
                                          ContactField{"FAX_NUMBER", "Fax", "Fax"}};

/// A folder of the address book.
struct ContactTag {
  std::string_view id;
  std::string_view name;
  std::string_view alias;
};
/// The first one holds every contact.
inline constexpr std::array kContactTags{
    ContactTag{"1", "de.vertico.starface.addressbook.folder.all", "Alle Kontakte"},
    ContactTag{"2", "de.vertico.starface.addressbook.folder.users", "Benutzer"},
    ContactTag{"3", "de.vertico.starface.addressbook.folder.private", "Private Kontakte"},
    ContactTag{"4", "Kunden", ""}, ContactTag{"5", "Lieferanten & Partner", ""}};

struct Contact {
  std::string id;
  std::array<std::string, kSummaryFields.size()> summary;
  /// At least as many as kNumberFields, empty for what is not there; further ones are PHONE_NUMBER.
  std::vector<std::string> numbers;
  std::size_t tag = 0;  ///< of kContactTags, beside the first
  std::string folded;   ///< all of it in lower case, for searches
  std::string digits;   ///< of the numbers, a space between two
};

/// What a client wants to see of the address book.
struct ContactSearch {
  std::vector<std::string> terms;  ///< every one must be found
  std::vector<std::string> tags;   ///< one of them; none: all
  std::size_t sort = 0;            ///< of kSummaryFields
  bool descending = false;
};

/// A made-up address book: 64 entries with the names of a German office and with odd ones, then
/// as many more as the options want.
class AddressBook {
 public:
  /// `options` outlives this and may change.
  explicit AddressBook(const RestOptions& options) : options_(options) {}

  /// nullptr: there is none. Valid until the options change, as all that comes from here.
  [[nodiscard]] const Contact* find(std::string_view id);
  [[nodiscard]] std::vector<const Contact*> search(const ContactSearch& search);
  /// The most numbers that an entry has; at least kNumberFields.
  [[nodiscard]] std::size_t most_numbers();

 private:
  [[nodiscard]] const std::vector<Contact>& contacts();

  const RestOptions& options_;
  std::int64_t made_for_ = -1;  ///< RestOptions::contacts
  std::int64_t made_with_ = 0;  ///< RestOptions::contact_numbers
  std::vector<Contact> contacts_;
};

/// Small letters of ASCII and Latin-1, for comparing.
[[nodiscard]] std::string fold_case(std::string_view text);

/// An entry that was written by hand (simulator/address_book_entries.cpp).
struct WrittenEntry {
  std::string_view first;
  std::string_view last;
  std::string_view company;
  std::string_view job;
};
[[nodiscard]] std::span<const WrittenEntry> written_entries();

}  // namespace sfteams::simulator
