#include "simulator/rest_contacts.h"

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace sfteams::simulator {
namespace {

/// What the numbers behind the columns are.
constexpr const ContactField& kFurtherNumber = kNumberFields[3];

Json::Value attribute(const ContactField& field, std::string_view value, bool english) {
  Json::Value json(Json::objectValue);
  json["displayKey"] = std::string(field.display_key);
  json["name"] = fmt::format("de.vertico.starface.addressbook.attribute.{}", field.display_key);
  json["value"] = std::string(value);
  json["i18nDisplayName"] = std::string(english ? field.english : field.german);
  json["additionalValues"] = Json::Value(Json::objectValue);
  return json;
}

Json::Value block(std::string_view name) {
  Json::Value json(Json::objectValue);
  json["name"] = std::string(name);
  json["resourceKey"] = fmt::format("de.vertico.starface.addressbook.block.{}", name);
  json["attributes"] = Json::Value(Json::arrayValue);
  return json;
}

Json::Value summary_schema(bool english) {
  Json::Value json = block("summary");
  for (const ContactField& field : kSummaryFields)
    json["attributes"].append(attribute(field, "", english));
  return json;
}

const ContactField& number_field(std::size_t index) {
  return index < kNumberFields.size() ? kNumberFields[index] : kFurtherNumber;
}

Json::Value numbers_schema(std::size_t count, bool english) {
  Json::Value json = block("phonenumbers");
  for (std::size_t i = 0; i < count; ++i)
    json["attributes"].append(attribute(number_field(i), "", english));
  return json;
}

template <typename Texts>
Json::Value texts_json(const Texts& texts) {
  Json::Value json(Json::arrayValue);
  for (const std::string& text : texts)
    json.append(text);
  return json;
}

Json::Value tag_json(const ContactTag& tag) {
  Json::Value json(Json::objectValue);
  json["id"] = std::string(tag.id);
  json["name"] = std::string(tag.name);
  json["alias"] = std::string(tag.alias);
  json["owner"] = "";
  return json;
}

Json::Value in_list(const Contact& contact) {
  Json::Value json(Json::objectValue);
  json["id"] = contact.id;
  json["summaryValues"] = texts_json(contact.summary);
  json["phoneNumberValues"] = texts_json(contact.numbers);
  json["additionalValues"] = Json::Value(Json::objectValue);
  json["additionalValues"]["EXTERNALPHONE"] = contact.numbers.front();
  return json;
}

}  // namespace

Json::Value contact_list_json(AddressBook& book, const ContactQuery& query) {
  const std::vector<const Contact*> found = book.search(query.search);
  const std::size_t begin = std::min(query.page * query.page_size, found.size());
  const std::size_t end = std::min(begin + query.page_size, found.size());
  Json::Value json(Json::objectValue);
  json["contacts"] = Json::Value(Json::arrayValue);
  for (const Contact* contact : std::span(found).subspan(begin, end - begin))
    json["contacts"].append(in_list(*contact));
  Json::Value& metadata = json["metadata"];
  metadata["page"] = Json::UInt64(query.page);
  metadata["pagesize"] = Json::UInt64(query.page_size);
  metadata["sort"] = std::string(kSummaryFields[query.search.sort].display_key);
  metadata["sortdirection"] = query.search.descending ? "DESC" : "ASC";
  metadata["totalPages"] = Json::UInt64((found.size() + query.page_size - 1) / query.page_size);
  json["summaryBlockSchema"] = summary_schema(false);
  json["phoneNumbersBlockSchema"] = numbers_schema(book.most_numbers(), false);
  return json;
}

Json::Value contact_json(const Contact& contact) {
  Json::Value json(Json::objectValue);
  json["id"] = contact.id;
  json["accountId"] = Json::Value();
  json["jabberId"] = Json::Value();
  json["primaryInternalNumber"] = "";
  json["primaryExternalNumber"] = contact.numbers.front();
  json["editable"] = false;
  json["tags"].append(tag_json(kContactTags.front()));
  json["tags"].append(tag_json(kContactTags[contact.tag]));
  Json::Value person = block("person");
  for (std::size_t i = 0; i < kSummaryFields.size(); ++i)
    person["attributes"].append(attribute(kSummaryFields[i], contact.summary[i], false));
  Json::Value numbers = block("phonenumbers");
  for (std::size_t i = 0; i < contact.numbers.size(); ++i) {
    if (contact.numbers[i].empty()) continue;
    numbers["attributes"].append(attribute(number_field(i), contact.numbers[i], false));
  }
  json["blocks"].append(std::move(person));
  json["blocks"].append(std::move(numbers));
  return json;
}

Json::Value contact_scheme_json(AddressBook& book, std::string_view language) {
  const bool english = language.starts_with("en");
  const Json::Value summary = summary_schema(english);
  const Json::Value numbers = numbers_schema(book.most_numbers(), english);
  Json::Value json(Json::objectValue);
  json["detailBlocks"].append(summary);
  json["detailBlocks"].append(numbers);
  json["summaryBlock"] = summary;
  json["phoneNumbersBlock"] = numbers;
  return json;
}

Json::Value contact_tags_json() {
  Json::Value json(Json::arrayValue);
  for (const ContactTag& tag : kContactTags)
    json.append(tag_json(tag));
  return json;
}

}  // namespace sfteams::simulator
