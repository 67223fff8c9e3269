#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock/unix_time.h"

namespace sfteams::clock {

/// ISO 8601 in UTC to the second, rounded down: "2026-11-23T10:00:00Z". Years 0 to 9999.
[[nodiscard]] std::string utc_text(std::chrono::system_clock::time_point time);

/// Seconds before or after those years are written as the first or the last of them.
[[nodiscard]] std::string utc_text(UnixSeconds time);

/// True for a text of that form that names a day of the calendar and a time of day.
[[nodiscard]] bool is_utc_text(std::string_view text);

/// Of such a text; nullopt for another one, and for a time that the clock cannot hold (before 1678
/// and after 2261, roughly).
[[nodiscard]] std::optional<std::chrono::system_clock::time_point> parse_utc(std::string_view text);

/// A day as "2026-11-23", from 0000-01-01 to 9999-12-31; nullopt for another form and for a day
/// that the calendar has not.
[[nodiscard]] std::optional<std::chrono::sys_days> parse_day(std::string_view text);
[[nodiscard]] std::string day_text(std::chrono::sys_days day);

}  // namespace sfteams::clock
