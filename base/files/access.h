#pragma once

#include <filesystem>

namespace sfteams::files {

/// Why this process, by its effective user, may not read what lies there: an error number (ENOENT,
/// EACCES, …), or 0 when it may. For libraries that open files themselves and do not say why they
/// could not.
[[nodiscard]] int reading_problem(const std::filesystem::path& file);

}  // namespace sfteams::files
