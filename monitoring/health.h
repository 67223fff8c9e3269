#pragma once

#include <string_view>

namespace sfteams::monitoring {

/// How a daemon is, in the order in which it gets worse. What counts as what, each daemon says.
enum class Health {
  well,
  warning,   ///< it serves, but something should be looked after
  critical,  ///< it is of no use to anybody
};

/// "well", "warning" or "critical".
[[nodiscard]] constexpr std::string_view to_string(Health health) {
  switch (health) {
    case Health::well:
      return "well";
    case Health::warning:
      return "warning";
    case Health::critical:
      break;
  }
  return "critical";
}

}  // namespace sfteams::monitoring
