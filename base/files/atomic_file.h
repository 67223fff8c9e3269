#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "base/error/error.h"

namespace sfteams::files {

/// What to do when the file is there already.
enum class Existing {
  refuse,
  replace,
  replace_in_kind,  ///< the new file gets the mode and, where that is allowed, the group of the old
};

/// What the new file outlives.
enum class Outlives {
  power_failure,  ///< fsync, which a slow or busy disk may take a tenth of a second for
  process,        ///< a kill at any moment; after a power failure it may be the old one, or empty
};

/// Writes a file of mode 0600 (unless in kind) so that it is there whole or not at all, after a
/// power failure too: a temporary file beside it, fsync, rename, fsync of the directory. With
/// `Existing::refuse` a file that somebody else makes meanwhile is not overwritten either.
///
/// Fails with keygen.file-exists or keygen.file-not-written: a directory that is missing or may not
/// be written, a target that is a symbolic link, a directory or a device, a full disk. Then the old
/// file stays; only when the directory's fsync is what failed the new one is in its place, and a
/// power failure may bring the old one back. No temporary file is left.
[[nodiscard]] Result<void> write_file_atomically(const std::filesystem::path& file,
                                                 std::span<const std::uint8_t> content,
                                                 Existing existing,
                                                 Outlives outlives = Outlives::power_failure);

}  // namespace sfteams::files
