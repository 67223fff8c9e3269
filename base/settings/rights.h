#pragma once

#include <string>

#include <unistd.h>

namespace sfteams::settings {

/// What to do about something that this process may not read. Root acts as the service's user where
/// it can (base/privileges/acting_as_owner.h), and is not told to become what it is.
[[nodiscard]] inline std::string hint_to_let_read(const std::string& mode) {
  const std::string hint = "let the service's group read it (chgrp, chmod " + mode + ")";
  return getuid() == 0 ? hint : "run this as root (sudo), or " + hint;
}

}  // namespace sfteams::settings
