#include "base/privileges/acting_as_owner.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error/system_error.h"
#include "base/privileges/codes.h"

namespace sfteams::privileges {
namespace {

tl::unexpected<Error> refused(const std::filesystem::path& directory) {
  const int problem = errno;
  return fail(
      codes::kRefused,
      "root could not act as the owner of " + directory.string() + ": " + system_message(problem),
      "run this as the owner of that directory");
}

bool take_groups_of(uid_t user, gid_t group) {
  const struct passwd* const entry = getpwuid(user);
  return entry != nullptr ? initgroups(entry->pw_name, group) == 0 : setgroups(1, &group) == 0;
}

std::vector<gid_t> own_groups() {
  std::vector<gid_t> groups(static_cast<std::size_t>(std::max(getgroups(0, nullptr), 0)));
  if (getgroups(static_cast<int>(groups.size()), groups.data()) < 0) groups.clear();
  return groups;
}

bool become_root_again(const std::vector<gid_t>& groups) {
  return seteuid(0) == 0 && setegid(0) == 0 && setgroups(groups.size(), groups.data()) == 0;
}

}  // namespace

Result<ActingAsOwner> ActingAsOwner::of(const std::filesystem::path& directory) {
  ActingAsOwner acting;
  struct stat status {};
  if (geteuid() != 0 || stat(directory.c_str(), &status) != 0 || status.st_uid == 0) return acting;
  acting.owner_ = Owner{status.st_uid, status.st_gid, own_groups()};
  if (!take_groups_of(status.st_uid, status.st_gid) || setegid(status.st_gid) != 0 ||
      seteuid(status.st_uid) != 0) {
    return refused(directory);
  }
  return acting;
}

Result<ActingAsOwner> ActingAsOwner::of_directory_of(const std::filesystem::path& file) {
  const std::filesystem::path directory = file.parent_path();
  return of(directory.empty() ? "." : directory);
}

ActingAsOwner::ActingAsOwner(ActingAsOwner&& other) noexcept
    : owner_(std::exchange(other.owner_, std::nullopt)) {}

ActingAsOwner::~ActingAsOwner() {
  if (!owner_) return;
  // Going on as the wrong user would be worse than to end.
  if (!become_root_again(owner_->groups_of_root)) std::abort();
}

Result<void> ActingAsOwner::for_good() {
  if (!owner_) return {};
  const Owner owner = *std::exchange(owner_, std::nullopt);
  if (!become_root_again(owner.groups_of_root) || !take_groups_of(owner.user, owner.group) ||
      setgid(owner.group) != 0 || setuid(owner.user) != 0) {
    return refused("the state directory");
  }
  return {};
}

}  // namespace sfteams::privileges
