#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/crypto/secret.h"
#include "base/error/error.h"
#include "base/settings/ini.h"
#include "transport/scheduler.h"

namespace sfteams::simulator {

/// One user of the PBX, as the file of users has them. Only `permissions` changes while the program
/// runs.
struct User {
  std::size_t index = 0;  ///< in Directory::users()
  std::string login;
  crypto::Secret password;
  std::string name;
  std::string number;                        ///< the internal number; the login unless said
  std::vector<std::string> phones;           ///< "SIP/<phone name>"
  std::vector<std::string> display_numbers;  ///< numbers that may be shown to others
  std::optional<transport::Duration> answer_time;
  bool may_use_uci = true;                 ///< right `uci`
  bool may_place_calls = true;             ///< right `calls`
  bool may_use_oauth = true;               ///< right `oauth`: the password grant
  bool may_read_contacts = true;           ///< right `contacts`: the address book by REST
  std::vector<std::string> permissions{};  ///< as the PBX calls them
};

/// A group: its number rings all members' phones.
struct Group {
  std::string id;
  std::string name;
  std::vector<std::string> numbers;
  std::vector<std::size_t> members;  ///< indices of users
};

/// Who and what has a number at the PBX.
class Directory {
 public:
  /// Takes the sections [user-…] and [group-…] of an INI file. What is wrong with them (a login or
  /// number that occurs twice, a missing password, a member who is no user) is left in `reader`,
  /// whose finish() the caller asks. Fails with simulator.bad-users when there is no user at all.
  [[nodiscard]] static Result<Directory> read(const settings::Ini& ini, settings::Reader& reader);

  [[nodiscard]] const std::vector<User>& users() const { return users_; }
  [[nodiscard]] const std::vector<Group>& groups() const { return groups_; }
  /// By login, exactly; nullptr when there is none.
  [[nodiscard]] const User* by_login(std::string_view login) const;
  void set_permissions(const User& user, std::vector<std::string> permissions) {
    users_[user.index].permissions = std::move(permissions);
  }
  /// By internal number or one of the display numbers.
  [[nodiscard]] const User* by_number(std::string_view number) const;
  [[nodiscard]] const Group* group_by_number(std::string_view number) const;

 private:
  void read_users(const settings::Section& section, settings::Reader& reader);
  void add_user(User user, const std::string& section, settings::Reader& reader);
  void read_group(const settings::Section& section, settings::Reader& reader);

  std::vector<User> users_;
  std::vector<Group> groups_;
  std::map<std::string, std::size_t, std::less<>> logins_;
  std::map<std::string, std::size_t, std::less<>> numbers_;
  std::map<std::string, std::size_t, std::less<>> group_numbers_;
};

}  // namespace sfteams::simulator
