#include "agent/rewriting.h"

#include <cerrno>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>

#include "crypto/secret.h"
#include "keygen/atomic_file.h"
#include "keygen/codes.h"
#include "keygen/file_descriptor.h"
#include "keygen/small_file.h"

namespace sfteams::agent {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMost = 1U << 20U;
/// Between the spare's writing and the file's lie milliseconds; whatever is younger was written by
/// somebody else.
constexpr time_t kSameMoment = 2;

tl::unexpected<Error> refused_by_system(const fs::path& file, int error) {
  return fail(keygen::codes::kFileNotWritten,
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

keygen::FileDescriptor opened(const fs::path& file) {
  return keygen::FileDescriptor(::open(file.c_str(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC));
}

}  // namespace

Result<void> rewrite(const fs::path& file, std::string_view text, const fs::path& spare) {
  const Result<crypto::Secret> before = keygen::read_small_file(file, kMost);
  if (!before) return fail(before.error());
  keygen::FileDescriptor descriptor = opened(file);
  if (!descriptor.valid()) return refused_by_system(file, errno);
  // A full disk is told now, while nothing has changed; file systems that cannot tell are tried.
  const int room = ::posix_fallocate(descriptor.get(), 0, static_cast<off_t>(text.size()));
  if (room == ENOSPC || room == EDQUOT) return refused_by_system(file, room);
  if (Result<void> kept =
          keygen::write_file_atomically(spare, crypto::bytes_of(text), keygen::Existing::replace);
      !kept) {
    static_cast<void>(::ftruncate(descriptor.get(), static_cast<off_t>(before->size())) == 0);
    return kept;
  }
  const int error = write_over(descriptor.get(), text);
  if (error != 0 && write_over(descriptor.get(), before->text()) != 0) {
    // Neither the one nor the other: the next start has the spare.
    return refused_by_system(file, error);
  }
  std::error_code ignored;
  fs::remove(spare, ignored);
  if (error != 0) return refused_by_system(file, error);
  return {};
}

Result<bool> end_rewriting(const fs::path& file, const fs::path& spare) {
  struct stat of_spare {};
  struct stat of_file {};
  if (::stat(spare.c_str(), &of_spare) != 0) return false;
  const Result<crypto::Secret> text = keygen::read_small_file(spare, kMost);
  if (!text) return fail(text.error());
  const bool cut_off =
      ::stat(file.c_str(), &of_file) == 0 && of_file.st_mtime <= of_spare.st_mtime + kSameMoment;
  if (cut_off) {
    const keygen::FileDescriptor descriptor = opened(file);
    if (!descriptor.valid()) return refused_by_system(file, errno);
    if (const int error = write_over(descriptor.get(), text->text()); error != 0)
      return refused_by_system(file, error);
  }
  std::error_code ignored;
  fs::remove(spare, ignored);
  return cut_off;
}

}  // namespace sfteams::agent
