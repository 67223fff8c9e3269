#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sfteams::agent {

inline constexpr std::size_t kMaxUserName = 128;  ///< bytes

/// Whether a client may sign in with this user name: 1 to kMaxUserName bytes of UTF-8 without
/// control characters. Everything else is the PBX's to judge.
[[nodiscard]] bool is_user_name(std::string_view text);

/// What is wrong with a text, and what to do about it.
struct LoginFault {
  std::string what;
  std::string hint;
};
/// What is wrong with an entry of a list of STARFACE logins that an administrator writes; nothing:
/// it may be a login. It is stricter than is_user_name(): a separator, a quotation mark or a
/// character that nobody sees is a slip there.
[[nodiscard]] std::optional<LoginFault> fault_of_listed_login(std::string_view login);
/// What to do about a list that is not UTF-8.
inline constexpr const char* kSaveAsUtf8Hint =
    "save the file as UTF-8, which editors of Windows offer as an encoding";

}  // namespace sfteams::agent
