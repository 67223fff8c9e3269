#include "agent/owner.h"

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/codes.h"

namespace sfteams::agent {
namespace {

tl::unexpected<Error> refused(const std::filesystem::path& directory) {
  return fail(codes::kStateUnusable,
              "root could not act as the owner of " + directory.string() + ": " +
                  std::generic_category().message(errno),
              "run this as the owner of that directory");
}

}  // namespace

Result<ActingAsOwner> ActingAsOwner::of(const std::filesystem::path& directory) {
  ActingAsOwner acting;
  struct stat status {};
  if (geteuid() != 0 || stat(directory.c_str(), &status) != 0 || status.st_uid == 0) return acting;
  if (setegid(status.st_gid) != 0 || seteuid(status.st_uid) != 0) return refused(directory);
  acting.owner_ = Owner{status.st_uid, status.st_gid};
  return acting;
}

ActingAsOwner::ActingAsOwner(ActingAsOwner&& other) noexcept
    : owner_(std::exchange(other.owner_, std::nullopt)) {}

ActingAsOwner::~ActingAsOwner() {
  if (!owner_) return;
  // Going on as the wrong user would be worse than to end.
  if (seteuid(0) != 0 || setegid(0) != 0) std::abort();
}

Result<void> ActingAsOwner::for_good() {
  if (!owner_) return {};
  const Owner owner = *std::exchange(owner_, std::nullopt);
  const bool back = seteuid(0) == 0 && setegid(0) == 0;
  const struct passwd* entry = back ? getpwuid(owner.user) : nullptr;
  const bool groups = entry != nullptr ? initgroups(entry->pw_name, owner.group) == 0
                                       : setgroups(1, &owner.group) == 0;
  if (!back || !groups || setgid(owner.group) != 0 || setuid(owner.user) != 0) {
    return refused("the state directory");
  }
  return {};
}

}  // namespace sfteams::agent
