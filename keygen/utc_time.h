#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace sfteams::keygen {

/// ISO 8601 in UTC to the second, rounded down: "2026-11-23T10:00:00Z". Years 0 to 9999.
[[nodiscard]] std::string utc_text(std::chrono::system_clock::time_point time);

/// True for a text of that form that names a day of the calendar and a time of day.
[[nodiscard]] bool is_utc_text(std::string_view text);

}  // namespace sfteams::keygen
