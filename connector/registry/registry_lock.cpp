#include "connector/registry/registry_lock.h"

#include <cerrno>

#include "base/error/system_error.h"
#include "connector/registry/codes.h"
#include "connector/registry/database.h"

namespace sfteams::connector {
namespace {

tl::unexpected<Error> unusable(const std::filesystem::path& file, int error) {
  const std::string message = "the registry's lock " + file.string() + ": " + system_message(error);
  constexpr const char* kOwner =
      "the file and its directory have to belong to the user that the connector runs as";
  switch (error) {
    case EACCES:
    case EPERM:
    case EROFS:
      return fail(codes::kRegistryReadOnly, message, kOwner);
    case ENOSPC:
    case EDQUOT:
      return fail(codes::kRegistryFull, message, "make room on the file system");
    case ELOOP:
      return fail(codes::kRegistryCannotOpen, message, "it may not be a link: remove it");
    default:
      return fail(codes::kRegistryCannotOpen, message,
                  "check [registry] file: its directory has to be there, and both belong to the "
                  "connector's user");
  }
}

}  // namespace

Result<RegistryLock> RegistryLock::take(const std::filesystem::path& file) {
  std::filesystem::path lock_file = without_links_before(file);
  lock_file += ".lock";
  auto lock = files::ProcessLock::take(lock_file);
  if (lock) return RegistryLock(std::move(*lock));
  if (lock.error().error != 0) return unusable(lock_file, lock.error().error);
  return fail(codes::kAlreadyRunning,
              "another connector is running: process " + lock.error().holder + " serves from " +
                  file.string(),
              "stop it first (systemctl stop starface-teams-connector), or give this one another "
              "[registry] file");
}

}  // namespace sfteams::connector
