#include "rest/shape.h"

#include <string>

#include "base/crypto/hash.h"
#include "base/text/encoding.h"

namespace sfteams::rest {
namespace {

void put(Json::Value& object, const char* name, const std::string& text) {
  if (!text.empty()) object[name] = text;
}

void put_left_out(Json::Value& object, std::size_t count) {
  if (count > 0) object["leftOut"] = Json::UInt64{count};
}

Json::Value as_json(const Contact& contact) {
  Json::Value result(Json::objectValue);
  put(result, "id", contact.id);
  put(result, "firstName", contact.first_name);
  put(result, "lastName", contact.last_name);
  put(result, "title", contact.title);
  put(result, "company", contact.company);
  put(result, "email", contact.email);
  put(result, "jobTitle", contact.job_title);
  Json::Value& numbers = result["numbers"] = Json::Value(Json::arrayValue);
  for (const ContactNumber& number : contact.numbers) {
    Json::Value one(Json::objectValue);
    one["kind"] = std::string(name_of(number.kind));
    one["number"] = number.number;
    numbers.append(std::move(one));
  }
  put(result, "internalNumber", contact.internal_number);
  put(result, "externalNumber", contact.external_number);
  put(result, "avatar", contact.avatar);
  return result;
}

Json::Value as_json(const Colleague& colleague) {
  Json::Value result(Json::objectValue);
  put(result, "accountId", colleague.account_id);
  put(result, "login", colleague.login);
  put(result, "firstName", colleague.first_name);
  put(result, "lastName", colleague.last_name);
  put(result, "display", colleague.display);
  put(result, "number", colleague.number);
  return result;
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
  Json::Value result(Json::objectValue);
  put(result, "id", me.id);
  put(result, "login", me.login);
  put(result, "firstName", me.first_name);
  put(result, "lastName", me.last_name);
  put(result, "email", me.email);
  put(result, "language", me.language);
  put(result, "licenseType", me.license_type);
  return result;
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
  Json::Value result(Json::objectValue);
  result["type"] = std::string(avatar.type);
  result["data"] = text::to_base64(crypto::bytes_of(avatar.bytes));
  return result;
}

}  // namespace sfteams::rest
