#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "agent/licensing/license_book.h"

namespace sfteams::agent {

/// The last day, whole and in UTC, on which the floating licences give any seats: one that begins
/// later counts where it begins before the others have ended. When none gives seats at present, the
/// day on which the last one ended; nothing when none ever did.
[[nodiscard]] std::optional<std::chrono::sys_days> last_day_of_seats(
    const std::vector<LicenseBook::Entry>& entries);

/// So long before it somebody is told, as with certificates.
inline constexpr std::chrono::days kEndsSoon{14};

/// Whether that day is over, or fewer than kEndsSoon away.
[[nodiscard]] bool ends_soon(std::chrono::sys_days last_day, LicenseBook::Now now);

}  // namespace sfteams::agent
