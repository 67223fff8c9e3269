#pragma once

#include <filesystem>
#include <string>

#include "base/error/error.h"

namespace sfteams::commands {

/// Whether there is nothing at that place but an earlier report; otherwise files::codes::kFileExists.
[[nodiscard]] Result<void> check_report_file(const std::filesystem::path& file);

/// Writes a report that begins with diagnosis::kFirstWords, as the user who has called. An earlier
/// report may be replaced, and nothing else. Fails as check_report_file() and
/// files::write_file_atomically().
[[nodiscard]] Result<void> write_report_file(const std::filesystem::path& file,
                                             const std::string& text);

}  // namespace sfteams::commands
