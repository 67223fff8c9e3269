#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include <tl/expected.hpp>

#include "base/files/descriptor.h"

namespace sfteams::files {

/// A lock file that one process holds for as long as it lives; the kernel gives the lock back when
/// the process ends, however it ends. It is the lock (flock(2)) that counts, not that the file is
/// there: a file that was left behind locks nobody out, and nobody removes it.
class ProcessLock {
 public:
  struct Refusal {
    int error = 0;            ///< errno; 0: another process holds it
    std::string holder = {};  ///< its process id, "unknown" when it is not in the file
  };

  /// Makes the file (0600) when it is missing, and writes this process's id into it; a full disk
  /// leaves it empty. A symbolic link in its place is refused (ELOOP).
  [[nodiscard]] static tl::expected<ProcessLock, Refusal> take(const std::filesystem::path& file);

 private:
  explicit ProcessLock(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}
  Descriptor descriptor_;
};

}  // namespace sfteams::files
