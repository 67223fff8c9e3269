#pragma once

#include <filesystem>
#include <string_view>

#include "base/error/error.h"

namespace sfteams::files {

// A file that may be written, in a directory where nothing may be made, removed or renamed: the
// packages install the configuration so, because whoever may do the latter can put a link in its
// place, which tools of root would follow. It is then written where it is, and a spare copy in a
// directory of our own sees to it that a crash in between leaves no half of it.

/// Writes `text` over `file`, which is there. Whatever fails, the old text stays. `spare` is made
/// and removed again; its directory may be written. Fails with keygen.file-not-written, and as
/// read_small_file() does.
[[nodiscard]] Result<void> rewrite(const std::filesystem::path& file, std::string_view text,
                                   const std::filesystem::path& spare);

/// At the start: a spare that is there still is of a rewriting that was cut off, which is ended
/// now, where the file is half the old text and half the new one; anything else somebody has
/// written since, and it stays. True: it was ended.
[[nodiscard]] Result<bool> end_rewriting(const std::filesystem::path& file,
                                         const std::filesystem::path& spare);

}  // namespace sfteams::files
