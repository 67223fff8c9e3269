#include "simulator/directory.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "simulator/codes.h"
#include "simulator/text.h"

namespace sfteams::simulator {
namespace {

constexpr std::string_view kUserSection = "user-";
constexpr std::string_view kGroupSection = "group-";
constexpr std::array<std::string_view, 4> kRights{"uci", "calls", "oauth", "contacts"};
/// What most users of a PBX with the integration have.
constexpr std::string_view kPermissions = "Integration mit Microsoft Teams";
constexpr long long kMostUsers = 100'000;
constexpr long long kLongestAnswerTime = 86'400'000;  // milliseconds: a day

/// "20000" and 7 make "20007": the width stays, for numbers with leading zeros.
std::optional<std::string> later_login(const std::string& first, long long step) {
  unsigned long long number = 0;
  const auto [end, error] = std::from_chars(first.data(), first.data() + first.size(), number);
  if (error != std::errc() || end != first.data() + first.size()) return std::nullopt;
  return fmt::format("{:0{}}", number + static_cast<unsigned long long>(step), first.size());
}

const std::string* find_name(const std::vector<std::string>& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? nullptr : &*found;
}

}  // namespace

Result<Directory> Directory::read(const settings::Ini& ini, settings::Reader& reader) {
  Directory directory;
  for (const settings::Section& section : ini.sections()) {
    if (section.name.starts_with(kUserSection)) directory.read_users(section, reader);
  }
  for (const settings::Section& section : ini.sections()) {
    if (section.name.starts_with(kGroupSection)) directory.read_group(section, reader);
  }
  if (directory.users_.empty()) {
    if (auto finished = reader.finish(); !finished) return fail(finished.error());
    return fail(codes::kBadUsers, fmt::format("{} has no user", ini.origin()),
                "add a section [user-LOGIN] with a password; sample-users.ini shows one");
  }
  return directory;
}

void Directory::read_users(const settings::Section& section, settings::Reader& reader) {
  const std::string& name = section.name;
  const std::string login = reader.text(name, "login", name.substr(kUserSection.size()));
  std::string password = reader.required(name, "password");
  const std::string full_name = reader.text(name, "name", login);
  const std::string number = reader.text(name, "number", "");
  const std::vector<std::string> phones = split_list(reader.text(name, "phones", ""));
  const std::vector<std::string> shown = split_list(reader.text(name, "display-numbers", ""));
  const std::vector<std::string> rights =
      split_list(reader.text(name, "rights", "uci, calls, oauth, contacts"));
  const std::vector<std::string> permissions =
      split_list(reader.text(name, "permissions", std::string(kPermissions)));
  const long long answer = reader.number(name, "answer-time", -1, -1, kLongestAnswerTime);
  const long long count = reader.number(name, "count", 1, 1, kMostUsers);

  for (const std::string& right : rights) {
    if (std::find(kRights.begin(), kRights.end(), right) == kRights.end()) {
      reader.reject(name, "rights", "there is no such right");
    }
  }
  if (count > 1 && (!number.empty() || !shown.empty())) {
    reader.reject(name, "count", "a range of users has no numbers of its own");
  }
  for (long long i = 0; i < count; ++i) {
    const std::optional<std::string> own = i == 0 ? login : later_login(login, i);
    if (!own) {
      reader.reject(name, "count", "a range begins with a login of digits");
      break;
    }
    User user;
    user.login = *own;
    user.password = crypto::Secret::from_text(password);
    user.name = count == 1 ? full_name : fmt::format("{} {}", full_name, *own);
    user.number = number.empty() ? *own : number;
    user.phones = phones.empty() ? std::vector{"SIP/" + *own} : phones;
    user.display_numbers = shown.empty() ? std::vector{user.number} : shown;
    if (answer >= 0) user.answer_time = transport::Duration(answer);
    user.may_use_uci = find_name(rights, "uci") != nullptr;
    user.may_place_calls = find_name(rights, "calls") != nullptr;
    user.may_use_oauth = find_name(rights, "oauth") != nullptr;
    user.may_read_contacts = find_name(rights, "contacts") != nullptr;
    user.permissions = permissions;
    add_user(std::move(user), name, reader);
  }
  crypto::wipe(password);
}

void Directory::add_user(User user, const std::string& section, settings::Reader& reader) {
  user.index = users_.size();
  if (!logins_.emplace(user.login, user.index).second) {
    reader.reject(section, "login", fmt::format("the login {} occurs twice", user.login));
  }
  std::vector<std::string> numbers = user.display_numbers;
  if (find_name(numbers, user.number) == nullptr) numbers.push_back(user.number);
  for (const std::string& number : numbers) {
    if (!numbers_.emplace(number, user.index).second) {
      reader.reject(section, "number", fmt::format("the number {} occurs twice", number));
    }
  }
  users_.push_back(std::move(user));
}

void Directory::read_group(const settings::Section& section, settings::Reader& reader) {
  const std::string& name = section.name;
  Group group;
  group.id = name.substr(kGroupSection.size());
  group.name = reader.text(name, "name", group.id);
  group.numbers = split_list(reader.required(name, "numbers"));
  for (const std::string& number : group.numbers) {
    const bool fresh = !numbers_.contains(number);
    if (!fresh || !group_numbers_.emplace(number, groups_.size()).second) {
      reader.reject(name, "numbers", fmt::format("the number {} occurs twice", number));
    }
  }
  for (const std::string& login : split_list(reader.required(name, "members"))) {
    if (const User* user = by_login(login)) {
      group.members.push_back(user->index);
    } else {
      reader.reject(name, "members", fmt::format("there is no user {}", login));
    }
  }
  groups_.push_back(std::move(group));
}

const User* Directory::by_login(std::string_view login) const {
  const auto found = logins_.find(login);
  return found == logins_.end() ? nullptr : &users_[found->second];
}

const User* Directory::by_number(std::string_view number) const {
  const auto found = numbers_.find(number);
  return found == numbers_.end() ? nullptr : &users_[found->second];
}

const Group* Directory::group_by_number(std::string_view number) const {
  const auto found = group_numbers_.find(number);
  return found == group_numbers_.end() ? nullptr : &groups_[found->second];
}

}  // namespace sfteams::simulator
