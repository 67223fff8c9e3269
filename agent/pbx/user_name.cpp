#include "agent/pbx/user_name.h"

#include <algorithm>

#include "base/text/encoding.h"
#include "base/text/invisible.h"

namespace sfteams::agent {

bool is_user_name(std::string_view text) {
  if (text.empty() || text.size() > kMaxUserName || !text::is_utf8(text)) return false;
  return std::ranges::none_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

std::optional<LoginFault> fault_of_listed_login(std::string_view login) {
  if (login.empty()) return LoginFault{"there is a comma too many", "write a login between commas"};
  // Not quoted: nobody could read it.
  if (!text::is_utf8(login)) return LoginFault{"a login is not UTF-8", kSaveAsUtf8Hint};
  if (login.size() > kMaxUserName)
    return LoginFault{"a login has more than 128 bytes", "check that it is a list of logins"};
  const std::string quoted = "\"" + std::string(login) + "\"";
  if (login.find('"') != std::string_view::npos || login.starts_with('\''))
    return LoginFault{"a login is written without quotation marks", "leave them out"};
  if (const auto invisible = text::find_invisible(login);
      invisible && invisible->code_point != '\t') {
    return LoginFault{"a login has " + invisible->describe(), std::string(text::kInvisibleHint)};
  }
  if (login.find_first_of(",; \t") != std::string_view::npos) {
    return LoginFault{quoted + " is no login",
                      "separate logins by commas, and those in a file by lines"};
  }
  if (login == "*") {
    return LoginFault{
        "* is no login",
        "for everybody write named = * and no login beside it; otherwise name the logins"};
  }
  return std::nullopt;
}

}  // namespace sfteams::agent
