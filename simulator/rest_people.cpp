#include "simulator/rest_people.h"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text/ascii.h"

namespace sfteams::simulator {
namespace {

constexpr std::int64_t kFirstAccount = 1'001;

/// The last word is the family name.
std::pair<std::string, std::string> split_name(const std::string& name) {
  const std::size_t space = name.rfind(' ');
  if (space == std::string::npos) return {"", name};
  return {name.substr(0, space), name.substr(space + 1)};
}

/// The name inside the PBX; only the first is published.
std::string internal_name(std::string_view permission) {
  if (permission == "UCC Premium") return "UCI_AUTOPROVISIONING";
  std::string name;
  for (const char c : permission) {
    const bool small = c >= 'a' && c <= 'z';
    if (text::is_letter_or_digit(c)) {
      name += small ? static_cast<char>(c - 'a' + 'A') : c;
    } else if (!name.empty() && name.back() != '_') {
      name += '_';
    }
  }
  return name;
}

std::vector<std::string> all_permissions(const Directory& directory) {
  std::vector<std::string> all;
  for (const User& user : directory.users()) {
    for (const std::string& one : user.permissions) {
      if (std::find(all.begin(), all.end(), one) == all.end()) all.push_back(one);
    }
  }
  return all;
}

Json::Value permission_json(std::size_t index, const std::string& name) {
  Json::Value json(Json::objectValue);
  json["id"] = Json::UInt64(index + 1);
  json["permission"] = internal_name(name);
  json["description"] = name;
  return json;
}

Json::Value account_json(std::int64_t id, const char* type, std::string_view first,
                         std::string_view last, std::string_view number) {
  Json::Value json(Json::objectValue);
  json["accountId"] = Json::Int64(id);
  json["firstname"] = std::string(first);
  json["lastname"] = std::string(last);
  json["displayInformation"] =
      first.empty() ? std::string(last) : fmt::format("{} {}", first, last);
  json["primaryInternalPhoneNumber"] = std::string(number);
  json["type"] = type;
  json["local"] = true;
  json["federationname"] = "";
  return json;
}

}  // namespace

std::int64_t account_id(const User& user) {
  return kFirstAccount + static_cast<std::int64_t>(user.index);
}

const User* user_by_account(const Directory& directory, std::string_view id) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
  if (error != std::errc() || end != id.data() + id.size() || number < kFirstAccount) {
    return nullptr;
  }
  const std::size_t index = number - static_cast<std::size_t>(kFirstAccount);
  return index < directory.users().size() ? &directory.users()[index] : nullptr;
}

Json::Value user_json(const User& user) {
  const auto [first, last] = split_name(user.name);
  Json::Value json(Json::objectValue);
  json["id"] = Json::Int64(account_id(user));
  json["login"] = user.login;
  json["firstName"] = first;
  json["familyName"] = last;
  json["email"] = fmt::format("{}@example.com", user.login);
  json["language"] = "de";
  json["namespace"] = "";
  json["personId"] = fmt::format("{:08x}-5ca1-4b1e-9000-000000000000", account_id(user));
  json["missedCallReport"] = false;
  json["faxCallerId"] = user.number;
  json["faxCoverPage"] = false;
  json["faxEmailJournal"] = false;
  json["faxHeader"] = user.name;
  json["licenseType"] = "USER";
  return json;
}

Json::Value accounts_json(const Directory& directory) {
  Json::Value json(Json::arrayValue);
  for (const User& user : directory.users()) {
    const auto [first, last] = split_name(user.name);
    json.append(account_json(account_id(user), "USER", first, last, user.number));
  }
  std::int64_t id = kFirstAccount + static_cast<std::int64_t>(directory.users().size());
  for (const Group& group : directory.groups()) {
    const std::string number = group.numbers.empty() ? std::string() : group.numbers.front();
    json.append(account_json(id++, "GROUP", "", group.name, number));
  }
  return json;
}

Json::Value permissions_json(const Directory& directory) {
  Json::Value json(Json::arrayValue);
  const std::vector<std::string> all = all_permissions(directory);
  for (std::size_t i = 0; i < all.size(); ++i)
    json.append(permission_json(i, all[i]));
  return json;
}

Json::Value permissions_json(const Directory& directory, const User& user) {
  Json::Value json(Json::arrayValue);
  const std::vector<std::string> all = all_permissions(directory);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& own = user.permissions;
    if (std::find(own.begin(), own.end(), all[i]) != own.end()) {
      json.append(permission_json(i, all[i]));
    }
  }
  return json;
}

}  // namespace sfteams::simulator
