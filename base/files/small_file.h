#pragma once

#include <cstddef>
#include <filesystem>

#include "base/crypto/secret.h"
#include "base/error/error.h"

namespace sfteams::files {

/// The content of a regular file of at most `limit` bytes. Never waits, whatever the path names.
/// Fails with keygen.file-missing, keygen.file-unreadable (no right to it, a directory, a FIFO, a
/// device) or keygen.file-too-large. Symbolic links are followed.
[[nodiscard]] Result<crypto::Secret> read_small_file(const std::filesystem::path& file,
                                                     std::size_t limit);

}  // namespace sfteams::files
