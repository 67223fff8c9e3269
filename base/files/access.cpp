#include "base/files/access.h"

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace sfteams::files {

int reading_problem(const std::filesystem::path& file) {
  return ::faccessat(AT_FDCWD, file.c_str(), R_OK, AT_EACCESS) == 0 ? 0 : errno;
}

}  // namespace sfteams::files
