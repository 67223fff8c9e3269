#pragma once

#include <string>

#include <json/value.h>

#include "base/json/json.h"

namespace sfteams::rest::test {

/// Schema blocks as a STARFACE has them, with something in between that nobody needs.
inline Json::Value attribute(const char* display_key) {
  Json::Value result(Json::objectValue);
  result["displayKey"] = display_key;
  result["name"] = "n";
  result["value"] = Json::nullValue;
  return result;
}

inline Json::Value schema(std::initializer_list<const char*> display_keys) {
  Json::Value result(Json::objectValue);
  result["name"] = "block";
  result["attributes"] = Json::Value(Json::arrayValue);
  for (const char* const key : display_keys)
    result["attributes"].append(attribute(key));
  return result;
}

inline Json::Value list(std::initializer_list<const char*> texts) {
  Json::Value result(Json::arrayValue);
  for (const char* const text : texts)
    result.append(text);
  return result;
}

inline Json::Value contact(const char* id, std::initializer_list<const char*> summary,
                           std::initializer_list<const char*> numbers) {
  Json::Value result(Json::objectValue);
  result["id"] = id;
  result["summaryValues"] = list(summary);
  result["phoneNumberValues"] = list(numbers);
  result["additionalValues"] = Json::Value(Json::objectValue);
  return result;
}

/// A page with two people, as GET /rest/contacts answers.
inline Json::Value contacts_page() {
  Json::Value page(Json::objectValue);
  page["summaryBlockSchema"] =
      schema({"NAME", "SURNAME", "SALUTATION", "COMPANY", "EMAIL", "JOB_TITLE", "TITLE"});
  page["phoneNumbersBlockSchema"] = schema({"OFFICE_PHONE_NUMBER", "MOBILE_PHONE_NUMBER",
                                            "PRIVATE_PHONE_NUMBER", "FAX_NUMBER", "PHONE_NUMBER"});
  page["metadata"]["page"] = 0;
  page["metadata"]["pagesize"] = 20;
  page["metadata"]["totalPages"] = 3;
  page["contacts"].append(contact(
      "7", {"Ada", "Lovelace", "Mrs", "Analytical Ltd", "ada@example.com", "Analyst", "Countess"},
      {"+49 721 1234", "0171/5555", "", "+49 721 1235", "99"}));
  page["contacts"][0]["additionalValues"]["INTERNALPHONE"] = "11";
  page["contacts"][0]["additionalValues"]["EXTERNALPHONE"] = "072112311";
  page["contacts"][0]["additionalValues"]["AVATAR"] = "9f86d081";
  page["contacts"].append(contact("8", {"Jörg", "Groß"}, {"", "0049160123"}));
  return page;
}

inline const std::string kNonce = R"({"loginType":"Internal","nonce":"n0nce","secret":null})";
inline const std::string kMe =
    R"({"id":1017,"login":"0017","firstName":"Ada","familyName":"Lovelace",)"
    R"("email":"ada@example.com","language":"de","namespace":"x","personId":4,"licenseType":"USER"})";

}  // namespace sfteams::rest::test
