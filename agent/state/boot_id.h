#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace sfteams::agent {

/// Where the service unit passes the boot's id (`%b`): its ProcSubset=pid hides /proc/sys.
inline constexpr const char* kBootVariable = "STARFACE_TEAMS_BOOT";

/// Identifies this boot of the kernel: 32 hexadecimal digits, or empty when it is not known. While
/// it is the same, moments of the monotonic clock can be compared between processes. From `file`;
/// where that cannot be read, from `passed` (nullptr: nothing).
[[nodiscard]] std::string boot_id(
    const std::filesystem::path& file = "/proc/sys/kernel/random/boot_id",
    const char* passed = std::getenv(kBootVariable));

}  // namespace sfteams::agent
