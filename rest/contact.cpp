#include "rest/contact.h"

#include <algorithm>
#include <array>
#include <utility>

#include <json/value.h>

#include "base/json/json.h"
#include "base/json/view.h"
#include "base/text/ascii.h"
#include "rest/values.h"

namespace sfteams::rest {
namespace {

constexpr std::size_t kMostId = 128;
constexpr std::size_t kMostNumber = 64;
constexpr std::size_t kMostAvatar = 512;
/// Attributes of one schema that are looked at; a STARFACE has some twenty.
constexpr std::size_t kMostAttributes = 200;
constexpr std::string_view kPage = "a page of contacts";

/// What the value of an attribute becomes.
struct Place {
  std::string_view display_key;
  std::string Contact::*text = nullptr;             ///< this member …
  std::optional<NumberKind> number = std::nullopt;  ///< … or a number of this kind
};

constexpr std::array kPlaces{
    Place{"NAME", &Contact::first_name},
    Place{"SURNAME", &Contact::last_name},
    Place{"TITLE", &Contact::title},
    Place{"COMPANY", &Contact::company},
    Place{"EMAIL", &Contact::email},
    Place{"JOB_TITLE", &Contact::job_title},
    Place{"PHONE_NUMBER", nullptr, NumberKind::other},
    Place{"OFFICE_PHONE_NUMBER", nullptr, NumberKind::office},
    Place{"MOBILE_PHONE_NUMBER", nullptr, NumberKind::mobile},
    Place{"PRIVATE_PHONE_NUMBER", nullptr, NumberKind::private_},
    Place{"FAX_NUMBER", nullptr, NumberKind::fax},
};
constexpr Place kNowhere{""};
constexpr Place kSomeNumber{"", nullptr, NumberKind::other};

/// By position. A block's schema is an object with `attributes`.
std::vector<Place> places_in(const Json::Value& schema, const Place& otherwise) {
  std::vector<Place> places;
  const Json::Value& attributes = json::part(schema, "attributes");
  if (!attributes.isArray()) return places;
  for (const Json::Value& attribute : attributes) {
    if (places.size() == kMostAttributes) break;
    const auto key = json::string_member(attribute, "displayKey");
    const auto* const found = std::ranges::find(kPlaces, key.value_or(""), &Place::display_key);
    // Such as USER_DEFINED: its values are taken for what their block is.
    places.push_back(found != kPlaces.end() ? *found : otherwise);
  }
  return places;
}

bool has_digit(std::string_view text) {
  return std::ranges::any_of(text, text::is_digit);
}

void add_number(Contact& contact, NumberKind kind, const Json::Value& value) {
  if (contact.numbers.size() == kMostNumbers) return;
  // A number that was cut would be that of somebody else.
  std::string number = text_in(value, kMostNumber + 4);
  if (number.size() > kMostNumber || !has_digit(number)) return;
  if (std::ranges::find(contact.numbers, number, &ContactNumber::number) != contact.numbers.end())
    return;
  contact.numbers.push_back({kind, std::move(number)});
}

void add_values(Contact& contact, const Json::Value& values, const std::vector<Place>& places,
                const Place& otherwise) {
  if (!values.isArray()) return;
  std::size_t at = 0;
  for (const Json::Value& value : values) {
    const Place& place = at < places.size() ? places[at] : otherwise;
    ++at;
    if (place.number) {
      add_number(contact, *place.number, value);
    } else if (place.text != nullptr && (contact.*place.text).empty()) {
      contact.*place.text = text_in(value);
    }
  }
}

std::string number_member(const Json::Value& values, const char* name) {
  std::string number = member_whole(values, name, kMostNumber);
  return has_digit(number) ? number : std::string();
}

/// By what each value of a contact is found.
struct Schemas {
  std::vector<Place> summary;
  std::vector<Place> numbers;
};

bool is_empty(const Contact& contact) {
  return contact.first_name.empty() && contact.last_name.empty() && contact.company.empty() &&
         contact.email.empty() && contact.numbers.empty() && contact.internal_number.empty() &&
         contact.external_number.empty();
}

Contact contact_in(const Json::Value& entry, const Schemas& schemas) {
  Contact contact;
  contact.id = member_whole(entry, "id", kMostId);
  add_values(contact, json::part(entry, "summaryValues"), schemas.summary, kNowhere);
  add_values(contact, json::part(entry, "phoneNumberValues"), schemas.numbers, kSomeNumber);
  const Json::Value& more = json::part(entry, "additionalValues");
  contact.internal_number = number_member(more, "INTERNALPHONE");
  contact.external_number = number_member(more, "EXTERNALPHONE");
  contact.avatar = member_whole(more, "AVATAR", kMostAvatar);
  return contact;
}

}  // namespace

std::string_view name_of(NumberKind kind) {
  switch (kind) {
    case NumberKind::office:
      return "office";
    case NumberKind::mobile:
      return "mobile";
    case NumberKind::private_:
      return "private";
    case NumberKind::fax:
      return "fax";
    case NumberKind::other:
      break;
  }
  return "other";
}

Result<ContactPage> read_contacts(std::string_view body) {
  const Result<Json::Value> document = read_document(body, kPage);
  if (!document) return fail(document.error());
  const Json::Value& entries = json::part(*document, "contacts");
  if (!entries.isArray()) return fail(broken_reply(kPage));
  const Schemas schemas{places_in(json::part(*document, "summaryBlockSchema"), kNowhere),
                        places_in(json::part(*document, "phoneNumbersBlockSchema"), kSomeNumber)};
  const Json::Value& metadata = json::part(*document, "metadata");
  ContactPage page;
  page.page = member_count(metadata, "page");
  page.pages = member_count(metadata, "totalPages");
  for (const Json::Value& entry : entries) {
    Contact contact;
    if (page.contacts.size() < kMostContacts) contact = contact_in(entry, schemas);
    if (is_empty(contact)) {
      ++page.left_out;
    } else {
      page.contacts.push_back(std::move(contact));
    }
  }
  return page;
}

}  // namespace sfteams::rest
