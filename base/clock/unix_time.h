#pragma once

#include <chrono>
#include <cstdint>

namespace sfteams::clock {

/// Seconds since 1970, UTC.
using UnixSeconds = std::int64_t;

[[nodiscard]] inline UnixSeconds unix_now() {
  using std::chrono::system_clock;
  return std::chrono::duration_cast<std::chrono::seconds>(system_clock::now().time_since_epoch())
      .count();
}

}  // namespace sfteams::clock
