#include "simulator/address_book.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text/ascii.h"

namespace sfteams::simulator {
namespace {

constexpr std::array<std::string_view, 12> kFirstNames{"Adam", "Bärbel", "Cem",  "Daniela",
                                                       "Emil", "Frieda", "Götz", "Hanna",
                                                       "Igor", "Jule",   "Kai",  "Lütfiye"};
constexpr std::array<std::string_view, 16> kLastNames{
    "Albrecht", "Böhm",  "Conrad", "Dröge",     "Engel",  "Fuchs", "Günther", "Hübner",
    "Ilić",     "Jäger", "Krüger", "Lindström", "Möller", "Noack", "Özdemir", "Pfeiffer"};
constexpr std::array<std::string_view, 5> kBusinesses{"Apotheke", "Gärtnerei", "Metallbau",
                                                      "Verlag", "Zimmerei"};

/// Numbers that the German regulator keeps for films; written as people write them.
std::string made_up_number(std::size_t field, std::size_t index) {
  const std::size_t last = index % 1000;
  switch ((field + index) % 5) {
    case 0:
      return fmt::format("+49 (30) 23125 {:03}", last);
    case 1:
      return fmt::format("004969 90009{:03}", last);
    case 2:
      return fmt::format("0171/39200{:02}", index % 100);
    case 3:
      return fmt::format("040-66969-{:03}", last);
    default:
      return fmt::format("+49221 4710{:03}", last);
  }
}

std::string digits_of(const std::vector<std::string>& numbers) {
  std::string digits;
  for (const std::string& number : numbers) {
    std::copy_if(number.begin(), number.end(), std::back_inserter(digits), text::is_digit);
    digits += ' ';
  }
  return digits;
}

WrittenEntry generated_entry(std::size_t index) {
  return {kFirstNames[index % kFirstNames.size()], kLastNames[index / 3 % kLastNames.size()],
          index % 2 == 0 ? kBusinesses[index % kBusinesses.size()] : std::string_view(), ""};
}

Contact make_contact(std::size_t index, const WrittenEntry& entry) {
  Contact contact;
  contact.id = fmt::format("{:08x}-5ca1-4b1e-8000-{:012x}", index * 2'654'435'761U & 0xffff'ffffU,
                           index + 1);
  contact.summary = {std::string(entry.last), std::string(entry.first), std::string(entry.company),
                     std::string(entry.job),
                     index % 3 == 0 ? fmt::format("kontakt{}@example.com", index) : std::string()};
  // The first always; others in all combinations.
  contact.numbers.resize(kNumberFields.size());
  for (std::size_t field = 0; field < kNumberFields.size(); ++field) {
    if (field == 0 || (index >> (field - 1) & 1U) != 0) {
      contact.numbers[field] = made_up_number(field, index);
    }
  }
  contact.tag = 2 + index % (kContactTags.size() - 2);
  return contact;
}

Contact with_many_numbers(std::size_t index, std::size_t count) {
  Contact contact = make_contact(index, {"Viele", "Nummern", "Callcenter Überlauf", ""});
  contact.numbers.resize(std::max(count, kNumberFields.size()));
  for (std::size_t i = 0; i < contact.numbers.size(); ++i)
    contact.numbers[i] = i < count ? fmt::format("+49 (30) 23125 {:05}", i) : std::string();
  return contact;
}

void prepare_search(Contact& contact) {
  for (const std::string& text : contact.summary) {
    contact.folded += fold_case(text);
    contact.folded += '\n';
  }
  for (const std::string& number : contact.numbers) {
    contact.folded += number;
    contact.folded += '\n';
  }
  contact.digits = digits_of(contact.numbers);
}

bool has_term(const Contact& contact, std::string_view term) {
  if (contact.folded.find(fold_case(term)) != std::string::npos) return true;
  // A number, however it is written, and without what stands before the area code.
  std::string digits;
  for (const char c : term) {
    if (text::is_digit(c)) digits += c;
    if (text::is_letter_or_digit(c) && !text::is_digit(c)) return false;
  }
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  return digits.size() > 2 && contact.digits.find(digits) != std::string::npos;
}

bool fits(const Contact& contact, const ContactSearch& search) {
  const auto has_tag = [&](const std::string& id) {
    return id == kContactTags.front().id || id == kContactTags[contact.tag].id;
  };
  if (!search.tags.empty() && std::none_of(search.tags.begin(), search.tags.end(), has_tag)) {
    return false;
  }
  return std::all_of(search.terms.begin(), search.terms.end(),
                     [&](const std::string& term) { return has_term(contact, term); });
}

}  // namespace

std::string fold_case(std::string_view text) {
  std::string folded = text::lower_case(text);
  // U+00C0 to U+00DE but the sign U+00D7: as UTF-8 C3 80 to C3 9E, their small letters 32 behind.
  for (std::size_t i = 1; i < folded.size(); ++i) {
    const auto byte = static_cast<unsigned char>(folded[i]);
    if (folded[i - 1] == '\xc3' && byte >= 0x80 && byte <= 0x9e && byte != 0x97) {
      folded[i] = static_cast<char>(byte + 0x20);
    }
  }
  return folded;
}

const std::vector<Contact>& AddressBook::contacts() {
  if (made_for_ == options_.contacts && made_with_ == options_.contact_numbers) return contacts_;
  made_for_ = options_.contacts;
  made_with_ = options_.contact_numbers;
  contacts_.clear();
  const std::span<const WrittenEntry> written = written_entries();
  for (std::size_t i = 0; i < static_cast<std::size_t>(made_for_); ++i)
    contacts_.push_back(make_contact(i, i < written.size() ? written[i] : generated_entry(i)));
  if (made_with_ > 0) {
    contacts_.push_back(with_many_numbers(contacts_.size(), static_cast<std::size_t>(made_with_)));
  }
  for (Contact& contact : contacts_)
    prepare_search(contact);
  return contacts_;
}

const Contact* AddressBook::find(std::string_view id) {
  const std::vector<Contact>& all = contacts();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Contact& one) { return one.id == id; });
  return found == all.end() ? nullptr : &*found;
}

std::vector<const Contact*> AddressBook::search(const ContactSearch& search) {
  std::vector<const Contact*> found;
  for (const Contact& contact : contacts()) {
    if (fits(contact, search)) found.push_back(&contact);
  }
  std::vector<std::pair<std::string, const Contact*>> keyed;
  keyed.reserve(found.size());
  for (const Contact* contact : found)
    keyed.emplace_back(fold_case(contact->summary[search.sort]), contact);
  std::stable_sort(keyed.begin(), keyed.end(), [&](const auto& a, const auto& b) {
    return search.descending ? b.first < a.first : a.first < b.first;
  });
  std::transform(keyed.begin(), keyed.end(), found.begin(),
                 [](const auto& one) { return one.second; });
  return found;
}

std::size_t AddressBook::most_numbers() {
  return std::max(kNumberFields.size(), static_cast<std::size_t>(options_.contact_numbers));
}

}  // namespace sfteams::simulator
