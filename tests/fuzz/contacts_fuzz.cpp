// Any bytes as a PBX's page of contacts: what is read keeps to its bounds and can be written as
// JSON.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/json/json.h"
#include "base/text/ascii.h"
#include "base/text/encoding.h"
#include "rest/contact.h"
#include "rest/shape.h"
#include "rest/values.h"

namespace {

namespace rest = sfteams::rest;

void check(bool holds) {
  if (!holds) std::abort();
}

void check_text(std::string_view text, std::size_t most) {
  check(text.size() <= most && sfteams::text::is_utf8(text));
  check(std::ranges::none_of(
      text, [](char c) { return static_cast<std::uint8_t>(c) < 0x20 || c == '\x7f'; }));
}

void check_number(std::string_view number) {
  check_text(number, 64);
  check(std::ranges::any_of(number, sfteams::text::is_digit));
}

void check_contact(const rest::Contact& contact) {
  check_text(contact.id, 128);
  for (const std::string* const text : {&contact.first_name, &contact.last_name, &contact.title,
                                        &contact.company, &contact.email, &contact.job_title})
    check_text(*text, rest::kMostText);
  check(contact.numbers.size() <= rest::kMostNumbers);
  for (const rest::ContactNumber& number : contact.numbers)
    check_number(number.number);
  if (!contact.internal_number.empty()) check_number(contact.internal_number);
  if (!contact.external_number.empty()) check_number(contact.external_number);
  check_text(contact.avatar, 512);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // A byte may be looked at as a char ([basic.lval]).
  const auto page = rest::read_contacts({reinterpret_cast<const char*>(data), size});
  if (!page) {
    check(!page.error().message.empty() && !page.error().hint.empty());
    return 0;
  }
  check(page->contacts.size() <= rest::kMostContacts);
  for (const rest::Contact& contact : page->contacts)
    check_contact(contact);
  check(sfteams::json::parse(sfteams::json::write(rest::as_json(*page)), {.bytes = 8'388'608})
            .has_value());
  return 0;
}
