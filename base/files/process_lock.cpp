#include "base/files/process_lock.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace sfteams::files {
namespace {

/// "4711", or "unknown" while the other process has not written it yet.
std::string holder_in(int descriptor) {
  char text[16] = {};
  const ssize_t size = pread(descriptor, text, sizeof(text) - 1, 0);
  std::string pid(text, size > 0 ? static_cast<std::size_t>(size) : 0);
  pid.resize(std::min(pid.find_first_not_of("0123456789"), pid.size()));
  return pid.empty() ? "unknown" : pid;
}

}  // namespace

tl::expected<ProcessLock, ProcessLock::Refusal> ProcessLock::take(
    const std::filesystem::path& file) {
  ProcessLock lock(Descriptor(
      ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600)));
  if (!lock.descriptor_) return tl::unexpected(Refusal{errno});
  const int descriptor = lock.descriptor_.get();
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    const int problem = errno;
    if (problem != EWOULDBLOCK) return tl::unexpected(Refusal{problem});
    return tl::unexpected(Refusal{0, holder_in(descriptor)});
  }
  // The id of whoever held it before must not be taken for ours.
  if (ftruncate(descriptor, 0) != 0) return tl::unexpected(Refusal{errno});
  const std::string pid = std::to_string(getpid()) + "\n";
  // It is only for the message that another process prints: on a full disk that has to do without.
  const ssize_t written = pwrite(descriptor, pid.data(), pid.size(), 0);
  static_cast<void>(written);
  return lock;
}

}  // namespace sfteams::files
