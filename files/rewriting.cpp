#include "files/rewriting.h"

#include <cerrno>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>

#include "crypto/hash.h"
#include "crypto/secret.h"
#include "files/atomic_file.h"
#include "files/codes.h"
#include "files/descriptor.h"
#include "files/small_file.h"

namespace sfteams::files {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMost = 1U << 20U;
/// Between the spare's writing and the file's lie milliseconds; whatever is younger was written by
/// somebody else.
constexpr time_t kSameMoment = 2;

tl::unexpected<Error> not_rewritten(const fs::path& file, int error) {
  return fail(codes::kFileNotWritten,
              "cannot write " + file.string() + ": " + std::generic_category().message(error),
              error == ENOSPC || error == EDQUOT ? "make room on the disk"
                                                 : "check the disk and the rights on the file");
}

/// 0, or the system's error; the file may be half written then.
int write_over(int descriptor, std::string_view text) {
  off_t at = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const ssize_t written = ::pwrite(descriptor, rest.data(), rest.size(), at);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return written < 0 ? errno : EIO;
    rest.remove_prefix(static_cast<std::size_t>(written));
    at += written;
  }
  if (::ftruncate(descriptor, at) != 0 || ::fsync(descriptor) != 0) return errno;
  return 0;
}

Descriptor opened(const fs::path& file) {
  return Descriptor(::open(file.c_str(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC));
}

}  // namespace

Result<void> rewrite(const fs::path& file, std::string_view text, const fs::path& spare) {
  const Result<crypto::Secret> before = read_small_file(file, kMost);
  if (!before) return fail(before.error());
  Descriptor descriptor = opened(file);
  if (!descriptor) return not_rewritten(file, errno);
  // A full disk is told now, while nothing has changed; file systems that cannot tell are tried.
  const int room = ::posix_fallocate(descriptor.get(), 0, static_cast<off_t>(text.size()));
  if (room == ENOSPC || room == EDQUOT) return not_rewritten(file, room);
  if (Result<void> kept = write_file_atomically(spare, crypto::bytes_of(text), Existing::replace);
      !kept) {
    static_cast<void>(::ftruncate(descriptor.get(), static_cast<off_t>(before->size())) == 0);
    return kept;
  }
  const int error = write_over(descriptor.get(), text);
  if (error != 0 && write_over(descriptor.get(), before->text()) != 0) {
    // Neither the one nor the other: the next start has the spare.
    return not_rewritten(file, error);
  }
  std::error_code ignored;
  fs::remove(spare, ignored);
  if (error != 0) return not_rewritten(file, error);
  return {};
}

Result<bool> end_rewriting(const fs::path& file, const fs::path& spare) {
  struct stat of_spare {};
  struct stat of_file {};
  if (::stat(spare.c_str(), &of_spare) != 0) return false;
  const Result<crypto::Secret> text = read_small_file(spare, kMost);
  if (!text) return fail(text.error());
  const bool cut_off =
      ::stat(file.c_str(), &of_file) == 0 && of_file.st_mtime <= of_spare.st_mtime + kSameMoment;
  if (cut_off) {
    const Descriptor descriptor = opened(file);
    if (!descriptor) return not_rewritten(file, errno);
    if (const int error = write_over(descriptor.get(), text->text()); error != 0)
      return not_rewritten(file, error);
  }
  std::error_code ignored;
  fs::remove(spare, ignored);
  return cut_off;
}

}  // namespace sfteams::files
