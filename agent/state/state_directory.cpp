#include "agent/state/state_directory.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/state/codes.h"
#include "base/error/system_error.h"
#include "base/files/descriptor.h"

namespace sfteams::agent {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kPermissions = 07777;

tl::unexpected<Error> unusable(const fs::path& path, const std::string& why, std::string hint) {
  return fail(codes::kStateUnusable,
              "the state directory cannot be used: " + path.string() + ": " + why, std::move(hint));
}

/// What to do about a file in the state directory, or the directory itself, that cannot be opened.
std::string hint_for(int error, const fs::path& file) {
  if (error == ELOOP) return "a secret may not be a link: put the file itself there";
  if (error != EACCES) return "check its owner and mode";
  struct stat directory {};
  const fs::path parent = file.parent_path();
  if (stat(parent.c_str(), &directory) != 0 || directory.st_uid != geteuid())
    return "run this as root (sudo)";
  // All of it: whoever restored one file as root has restored the others so, too.
  return fmt::format("give all of it back to the agent's user: chown -R --reference={0} {0}",
                     parent.string());
}

}  // namespace

Result<StateDirectory> StateDirectory::open(const fs::path& path) {
  // Whether it is there now, mkdir() says.
  std::error_code ignored;
  if (const fs::path parent = path.parent_path(); !parent.empty())
    fs::create_directories(parent, ignored);
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    const int problem = errno;
    return unusable(path, system_message(problem),
                    "make the directory, or name another one with --state-dir");
  }
  StateDirectory directory(path);
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) {
    const int problem = errno;
    return unusable(path, system_message(problem), "check its path");
  }
  if (!S_ISDIR(status.st_mode)) {
    return unusable(path, "it is no directory", "name a directory with --state-dir");
  }
  if (Result<void> closed = directory.close_to_others(path, 0700); !closed) {
    return fail(closed.error());
  }
  for (const fs::path& file :
       {directory.identity_file(), directory.key_file(), directory.licenses_file(),
        directory.seats_file(), directory.ticket_keys_file(), directory.tickets_file()}) {
    if (Result<void> closed = directory.close_to_others(file, 0600); !closed) {
      return fail(closed.error());
    }
  }
  return directory;
}

Result<void> StateDirectory::close_to_others(const fs::path& file, mode_t mode) {
  // The directory itself may be reached by a link, as systemd does it; a secret in it may not.
  const int follow = file == path_ ? 0 : O_NOFOLLOW;
  const files::Descriptor descriptor(
      ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | follow));
  if (!descriptor) {
    const int problem = errno;  // which the hint's look around may set anew
    if (problem == ENOENT && file != path_) return {};
    return unusable(file, system_message(problem), hint_for(problem, file));
  }
  struct stat status {};
  const bool known = fstat(descriptor.get(), &status) == 0;
  const bool ours = known && status.st_uid == geteuid();
  const bool open = known && (status.st_mode & kPermissions & ~mode) != 0;
  const bool closed = !open || !ours || fchmod(descriptor.get(), mode) == 0;
  if (!known || !closed) {
    const int problem = errno;
    return unusable(file, system_message(problem), "check its owner and mode");
  }
  if (!ours) {
    return unusable(file, fmt::format("it belongs to the user with the number {}", status.st_uid),
                    "run this as that user or as root, or give it to the right user with chown");
  }
  if (open) {
    repairs_.push_back(
        {codes::kStateWasOpen,
         fmt::format("{} was open to other users (mode {:04o}) and has been closed to them",
                     file.string(), status.st_mode & kPermissions),
         "if others may have read it, make a new system key: starface-teams-agent key new "
         "--revoke"});
  }
  return {};
}

Result<InstanceLock> InstanceLock::take(const StateDirectory& directory) {
  const fs::path file = directory.lock_file();
  auto lock = files::ProcessLock::take(file);
  if (lock) return InstanceLock(std::move(*lock));
  const files::ProcessLock::Refusal& refusal = lock.error();
  if (refusal.error != 0) {
    return unusable(file, system_message(refusal.error), hint_for(refusal.error, file));
  }
  return fail(codes::kAlreadyRunning,
              fmt::format("another instance is running: process {} holds {}", refusal.holder,
                          directory.path().string()),
              "stop it first (systemctl stop starface-teams-agent), or use another --state-dir");
}

}  // namespace sfteams::agent
