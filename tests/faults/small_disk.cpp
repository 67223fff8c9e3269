#include "tests/faults/small_disk.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include "tests/faults/system_failure.h"

namespace sfteams::faults {
tl::expected<std::unique_ptr<SmallDisk>, std::string> SmallDisk::create(
    const std::filesystem::path& directory, std::size_t bytes) {
  if (::unshare(CLONE_NEWNS) != 0) return system_failure("no new mount namespace");
  // Else the mount would be seen outside, too.
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
    return system_failure("the mounts cannot be made private");
  const std::string options = "mode=0700,size=" + std::to_string(bytes);
  if (::mount("tmpfs", directory.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, options.c_str()) != 0)
    return system_failure("no tmpfs");
  return std::unique_ptr<SmallDisk>(new SmallDisk(directory));
}

SmallDisk::~SmallDisk() {
  ::umount2(directory_.c_str(), MNT_DETACH);
}

void SmallDisk::fill() const {
  const int file = ::open(ballast().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const std::array<char, 1024> nothing{};
  while (::write(file, nothing.data(), nothing.size()) > 0) {
  }
  ::close(file);
}

void SmallDisk::clear() const {
  std::filesystem::remove(ballast());
}

}  // namespace sfteams::faults
