#include "base/files/small_file.h"

#include <cerrno>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

#include "base/error/system_error.h"
#include "base/files/codes.h"
#include "base/files/descriptor.h"

namespace sfteams::files {
namespace {

using Path = std::filesystem::path;

tl::unexpected<Error> unreadable(const Path& file, const std::string& why, std::string hint) {
  return fail(codes::kFileUnreadable, "cannot read " + file.string() + ": " + why, std::move(hint));
}

tl::unexpected<Error> not_opened(const Path& file, int error) {
  if (error == ENOENT || error == ENOTDIR) {
    return fail(codes::kFileMissing, file.string() + " does not exist", "check the path");
  }
  return unreadable(file, system_message(error),
                    error == EACCES ? "check the rights on it and on its directories"
                                    : "check the path and the disk");
}

tl::unexpected<Error> too_large(const Path& file, std::size_t limit) {
  return fail(codes::kFileTooLarge,
              file.string() + " is larger than the " + std::to_string(limit) +
                  " bytes that such a file can have",
              "check that it is the right file");
}

}  // namespace

Result<crypto::Secret> read_small_file(const Path& file, std::size_t limit) {
  // A FIFO would hold open() up until somebody writes into it.
  const Descriptor descriptor(open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!descriptor) return not_opened(file, errno);
  struct stat found {};
  if (fstat(descriptor.get(), &found) != 0) return not_opened(file, errno);
  if (!S_ISREG(found.st_mode)) {
    return unreadable(file, S_ISDIR(found.st_mode) ? "it is a directory" : "it is no regular file",
                      "name a regular file");
  }
  // One byte more than allowed tells a file that grew, or that lies about its size, from one at the
  // limit.
  crypto::Secret content(limit + 1);
  std::size_t size = 0;
  while (size <= limit) {
    const auto room = content.bytes().subspan(size);
    const ssize_t got = read(descriptor.get(), room.data(), room.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return not_opened(file, errno);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > limit) return too_large(file, limit);
  return crypto::Secret(std::as_const(content).bytes().first(size));
}

}  // namespace sfteams::files
