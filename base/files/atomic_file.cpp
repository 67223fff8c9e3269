#include "base/files/atomic_file.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

#include "base/crypto/random.h"
#include "base/error/system_error.h"
#include "base/files/codes.h"
#include "base/files/descriptor.h"
#include "base/text/encoding.h"

namespace sfteams::files {
namespace {

using Path = std::filesystem::path;

tl::unexpected<Error> not_written(const Path& file, const std::string& why, std::string hint) {
  return fail(codes::kFileNotWritten, "cannot write " + file.string() + ": " + why,
              std::move(hint));
}

tl::unexpected<Error> refused_by_system(const Path& file, int error) {
  std::string hint = "check the disk and the rights on its directory";
  if (error == ENOENT || error == ENOTDIR) hint = "make its directory first, or correct the path";
  if (error == EACCES || error == EPERM || error == EROFS) {
    hint = "choose a directory that you may write in";
  }
  if (error == ENOSPC || error == EDQUOT || error == EFBIG) hint = "make room on the disk";
  return not_written(file, system_message(error), std::move(hint));
}

tl::unexpected<Error> already_there(const Path& file) {
  return fail(codes::kFileExists, file.string() + " exists already",
              "choose another name, or replace it with --force");
}

/// A rename would put the new file in the place of a link or a device; that is never meant. Whether
/// a regular file is in the way is left to the rename itself, which cannot be overtaken.
Result<void> check_target(int directory, const Path& file) {
  struct stat found {};
  if (fstatat(directory, file.filename().c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return {};
    return refused_by_system(file, errno);
  }
  if (S_ISLNK(found.st_mode)) {
    return not_written(file, "it is a symbolic link", "name the file that it points to");
  }
  if (!S_ISREG(found.st_mode)) {
    return not_written(file, "it is no regular file", "choose another name");
  }
  return {};
}

/// The file beside the target; it is removed unless it was renamed.
class TemporaryFile {
 public:
  TemporaryFile(int directory, std::string name)
      : directory_(directory),
        name_(std::move(name)),
        file_(openat(directory, name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                     S_IRUSR | S_IWUSR)),
        there_(static_cast<bool>(file_)) {}
  ~TemporaryFile() {
    if (there_) unlinkat(directory_, name_.c_str(), 0);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  [[nodiscard]] bool valid() const { return static_cast<bool>(file_); }

  /// 0, or the system's error. The group goes first: its change may take mode bits away.
  int be_like(int directory, const std::string& other) {
    struct stat found {};
    if (fstatat(directory, other.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0)
      return errno == ENOENT ? 0 : errno;
    static_cast<void>(fchown(file_.get(), static_cast<uid_t>(-1), found.st_gid) == 0);
    return fchmod(file_.get(), found.st_mode & 07777U) == 0 ? 0 : errno;
  }

  /// 0, or the system's error.
  int fill(std::span<const std::uint8_t> content, Outlives outlives) {
    while (!content.empty()) {
      const ssize_t written = write(file_.get(), content.data(), content.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return written < 0 ? errno : EIO;
      content = content.subspan(static_cast<std::size_t>(written));
    }
    if (outlives == Outlives::power_failure && fsync(file_.get()) != 0) return errno;
    return file_.close_now() ? 0 : errno;
  }

  /// 0, or the system's error; EEXIST when the target is there and may not be replaced.
  int rename_to(const std::string& target, Existing existing) {
    const unsigned flags = existing == Existing::refuse ? RENAME_NOREPLACE : 0U;
    if (renameat2(directory_, name_.c_str(), directory_, target.c_str(), flags) == 0) {
      there_ = false;
      return 0;
    }
    if (errno != EINVAL || existing != Existing::refuse) return errno;
    // NFS and some others know no such flag; a second name for the file does not overwrite either.
    // Our first name goes with this object.
    return linkat(directory_, name_.c_str(), directory_, target.c_str(), 0) == 0 ? 0 : errno;
  }

 private:
  int directory_;
  std::string name_;
  Descriptor file_;
  bool there_;
};

Result<std::string> temporary_name(const Path& file) {
  std::array<std::uint8_t, 8> random{};
  if (const auto filled = crypto::fill_random(random); !filled) return fail(filled.error());
  // Cut, so that it stays within the 255 bytes of a file name.
  return "." + file.filename().string().substr(0, 200) + "." + text::to_hex(random) + ".tmp";
}

}  // namespace

Result<void> write_file_atomically(const Path& file, std::span<const std::uint8_t> content,
                                   Existing existing, Outlives outlives) {
  if (!file.has_filename() || file.filename() == "." || file.filename() == "..") {
    return not_written(file, "that names a directory", "name a file in it");
  }
  const Path parent = file.has_parent_path() ? file.parent_path() : Path(".");
  const Descriptor directory(open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return refused_by_system(file, errno);
  if (auto target = check_target(directory.get(), file); !target) return target;

  const auto name = temporary_name(file);
  if (!name) return fail(name.error());
  {
    TemporaryFile temporary(directory.get(), *name);
    if (!temporary.valid()) return refused_by_system(file, errno);
    if (existing == Existing::replace_in_kind) {
      if (const int error = temporary.be_like(directory.get(), file.filename().string());
          error != 0)
        return refused_by_system(file, error);
    }
    if (const int error = temporary.fill(content, outlives); error != 0) {
      return refused_by_system(file, error);
    }
    const int error = temporary.rename_to(file.filename().string(), existing);
    if (error == EEXIST) return already_there(file);
    if (error != 0) return refused_by_system(file, error);
  }
  if (outlives == Outlives::process) return {};
  // Some file systems cannot sync a directory; the file itself is safe by now.
  if (fsync(directory.get()) != 0 && errno != EINVAL && errno != ENOTSUP) {
    return refused_by_system(file, errno);
  }
  return {};
}

}  // namespace sfteams::files
