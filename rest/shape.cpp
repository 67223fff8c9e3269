#include "rest/shape.h"

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "base/crypto/hash.h"
#include "base/text/encoding.h"

namespace sfteams::rest {
namespace {

using Members = std::initializer_list<std::pair<const char*, std::string_view>>;

/// Of those that are not empty.
Json::Value object_of(Members members) {
  Json::Value object(Json::objectValue);
  for (const auto& [name, text] : members) {
    if (!text.empty()) object[name] = std::string(text);
  }
  return object;
}

void put_left_out(Json::Value& object, std::size_t count) {
  if (count > 0) object["leftOut"] = Json::UInt64{count};
}

Json::Value as_json(const Contact& contact) {
  Json::Value result = object_of({{"id", contact.id},
                                  {"firstName", contact.first_name},
                                  {"lastName", contact.last_name},
                                  {"title", contact.title},
                                  {"company", contact.company},
                                  {"email", contact.email},
                                  {"jobTitle", contact.job_title},
                                  {"internalNumber", contact.internal_number},
                                  {"externalNumber", contact.external_number},
                                  {"avatar", contact.avatar}});
  Json::Value& numbers = result["numbers"] = Json::Value(Json::arrayValue);
  for (const ContactNumber& number : contact.numbers)
    numbers.append(object_of({{"kind", name_of(number.kind)}, {"number", number.number}}));
  return result;
}

Json::Value as_json(const Colleague& colleague) {
  return object_of({{"accountId", colleague.account_id},
                    {"login", colleague.login},
                    {"firstName", colleague.first_name},
                    {"lastName", colleague.last_name},
                    {"display", colleague.display},
                    {"number", colleague.number}});
}

}  // namespace

Json::Value as_json(const ContactPage& page) {
  Json::Value result(Json::objectValue);
  Json::Value& contacts = result["contacts"] = Json::Value(Json::arrayValue);
  for (const Contact& contact : page.contacts)
    contacts.append(as_json(contact));
  if (page.page) result["page"] = Json::Int64{*page.page};
  if (page.pages) result["pages"] = Json::Int64{*page.pages};
  put_left_out(result, page.left_out);
  return result;
}

Json::Value as_json(const Me& me) {
  return object_of({{"id", me.id},
                    {"login", me.login},
                    {"firstName", me.first_name},
                    {"lastName", me.last_name},
                    {"email", me.email},
                    {"language", me.language},
                    {"licenseType", me.license_type}});
}

Json::Value as_json(const Colleagues& colleagues) {
  Json::Value result(Json::objectValue);
  Json::Value& users = result["users"] = Json::Value(Json::arrayValue);
  for (const Colleague& colleague : colleagues.people)
    users.append(as_json(colleague));
  put_left_out(result, colleagues.left_out);
  return result;
}

Json::Value as_json(const Avatar& avatar) {
  if (avatar.type.empty()) return {};
  const std::string data = text::to_base64(crypto::bytes_of(avatar.bytes));
  return object_of({{"type", avatar.type}, {"data", data}});
}

}  // namespace sfteams::rest
