#pragma once

#include <filesystem>
#include <string>

#include "base/error/error.h"

namespace sfteams::commands {

/// Writes a report that begins with diagnosis::kFirstWords, as whoever has called. An earlier report
/// may be replaced, and nothing else: files::codes::kFileExists. Fails as files::write_file_atomically(), too.
[[nodiscard]] Result<void> write_report_file(const std::filesystem::path& file,
                                             const std::string& text);

}  // namespace sfteams::commands
