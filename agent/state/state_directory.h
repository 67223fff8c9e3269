#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "base/error/error.h"
#include "base/files/process_lock.h"

namespace sfteams::agent {

/// Where the agent keeps what must survive it: its identity, the system key, licences and who holds
/// seats, when logins failed, whose password was right, tickets' keys and users, and what renews users' access tokens. Besides it has the spare of a
/// configuration that is being saved, for moments; nothing else but the lock and the control socket
/// of the running instance.
class StateDirectory {
 public:
  /// Makes the directory (0700) when it is missing. What others could read or enter is closed to
  /// them and reported in repairs(). Fails with agent.state-unusable: no directory, it cannot be
  /// made or looked into, or it or a secret file belongs to another user.
  [[nodiscard]] static Result<StateDirectory> open(const std::filesystem::path& path);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path identity_file() const { return path_ / "identity.json"; }
  [[nodiscard]] std::filesystem::path key_file() const { return path_ / "key.json"; }
  [[nodiscard]] std::filesystem::path licenses_file() const { return path_ / "licenses.json"; }
  [[nodiscard]] std::filesystem::path seats_file() const { return path_ / "seats.json"; }
  [[nodiscard]] std::filesystem::path guard_file() const { return path_ / "failed-logins.json"; }
  [[nodiscard]] std::filesystem::path known_users_file() const {
    return path_ / "known-users.json";
  }
  /// The keys under which tickets are sealed, and whose tickets are good (agent/tickets/).
  [[nodiscard]] std::filesystem::path ticket_keys_file() const {
    return path_ / "ticket-keys.json";
  }
  [[nodiscard]] std::filesystem::path tickets_file() const { return path_ / "tickets.json"; }
  /// What renews the access tokens of users who sign in by tickets (agent/pbx/refresh_book.h).
  [[nodiscard]] std::filesystem::path refresh_tokens_file() const {
    return path_ / "refresh-tokens.json";
  }
  /// The spare of a configuration file that is being saved (base/files/rewriting.h).
  [[nodiscard]] static std::filesystem::path spare_of(const std::filesystem::path& directory,
                                                      const std::filesystem::path& file) {
    return directory / (file.filename().string() + ".saving");
  }
  [[nodiscard]] std::filesystem::path lock_file() const { return path_ / "lock"; }

  /// agent.state-was-open of what was open to others and no longer is, to be logged loudly.
  [[nodiscard]] const std::vector<Error>& repairs() const { return repairs_; }

 private:
  explicit StateDirectory(std::filesystem::path path) : path_(std::move(path)) {}
  [[nodiscard]] Result<void> close_to_others(const std::filesystem::path& file, mode_t mode);

  std::filesystem::path path_;
  std::vector<Error> repairs_;
};

/// Held by the one running instance as long as it lives; the kernel gives it back when the process
/// ends, however it ends.
class InstanceLock {
 public:
  /// Fails with agent.already-running, naming the other process and the directory, or with
  /// agent.state-unusable.
  [[nodiscard]] static Result<InstanceLock> take(const StateDirectory& directory);

 private:
  explicit InstanceLock(files::ProcessLock lock) : lock_(std::move(lock)) {}
  files::ProcessLock lock_;
};

}  // namespace sfteams::agent
