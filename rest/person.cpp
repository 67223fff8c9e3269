#include "rest/person.h"

#include <utility>

#include <json/value.h>

#include "base/json/json.h"
#include "rest/values.h"

namespace sfteams::rest {
namespace {

constexpr std::size_t kMostShort = 64;
constexpr std::string_view kMe = "the description of the user";
constexpr std::string_view kAccounts = "a list of accounts";

bool is_user(const Json::Value& account) {
  return account.isObject() && json::string_member(account, "type").value_or("USER") == "USER";
}

Colleague colleague_in(const Json::Value& account) {
  Colleague colleague;
  colleague.account_id = member_whole(account, "accountId", kMostShort);
  colleague.login = member_whole(account, "login", kMostShort);
  colleague.first_name = member_text(account, "firstname");
  colleague.last_name = member_text(account, "lastname");
  colleague.display = member_text(account, "displayInformation");
  colleague.number = member_whole(account, "primaryInternalPhoneNumber", kMostShort);
  return colleague;
}

bool is_nobody(const Colleague& colleague) {
  return colleague.first_name.empty() && colleague.last_name.empty() && colleague.display.empty() &&
         colleague.number.empty();
}

}  // namespace

Result<Me> read_me(std::string_view body) {
  const Result<Json::Value> user = read_document(body, kMe);
  if (!user) return fail(user.error());
  constexpr std::size_t kMostLanguage = 16;
  constexpr std::size_t kMostType = 32;
  Me me;
  me.id = member_whole(*user, "id", kMostShort);
  me.login = member_whole(*user, "login", kMostText);
  me.first_name = member_text(*user, "firstName");
  me.last_name = member_text(*user, "familyName");
  me.email = member_whole(*user, "email", kMostText);
  me.language = member_whole(*user, "language", kMostLanguage);
  me.license_type = member_whole(*user, "licenseType", kMostType);
  if (me.id.empty() && me.login.empty()) return fail(broken_reply(kMe));
  return me;
}

Result<Colleagues> read_colleagues(std::string_view body) {
  const Result<Json::Value> accounts = read_document(body, kAccounts);
  if (!accounts) return fail(accounts.error());
  if (!accounts->isArray()) return fail(broken_reply(kAccounts));
  Colleagues colleagues;
  for (const Json::Value& account : *accounts) {
    if (account.isObject() && !is_user(account)) continue;
    Colleague colleague;
    if (colleagues.people.size() < kMostColleagues) colleague = colleague_in(account);
    if (is_nobody(colleague)) {
      ++colleagues.left_out;
    } else {
      colleagues.people.push_back(std::move(colleague));
    }
  }
  return colleagues;
}

}  // namespace sfteams::rest
