#pragma once

#include <string>

namespace sfteams::clock {

/// "45 s", "12 min", "2 h 1 min": how long a process runs, for people.
[[nodiscard]] inline std::string uptime_text(long long seconds) {
  if (seconds < 120) return std::to_string(seconds) + " s";
  if (seconds < 7200) return std::to_string(seconds / 60) + " min";
  return std::to_string(seconds / 3600) + " h " + std::to_string(seconds / 60 % 60) + " min";
}

}  // namespace sfteams::clock
