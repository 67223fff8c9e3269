#pragma once

#include <string>

namespace sfteams::connector {

/// Who runs this command, for the log: "root (uid 0)", or by sudo "root (uid 0), for anna (uid
/// 1000)". A user without a name is "uid 1234". At most 120 bytes of printable ASCII.
[[nodiscard]] std::string operator_name();

}  // namespace sfteams::connector
