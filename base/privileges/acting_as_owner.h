#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include <sys/types.h>

#include "base/error/error.h"

namespace sfteams::privileges {

/// While it lives, root acts as the owner of a directory, with the owner's groups, so that files
/// made in there belong to the daemon's user and links in there lead nowhere that this user may not
/// go. For anybody else, and for a directory that root owns or that does not exist, it does
/// nothing.
class ActingAsOwner {
 public:
  /// Fails with privileges.refused.
  [[nodiscard]] static Result<ActingAsOwner> of(const std::filesystem::path& directory);
  /// Of the directory that this file lies in, or is going to.
  [[nodiscard]] static Result<ActingAsOwner> of_directory_of(const std::filesystem::path& file);

  ~ActingAsOwner();
  ActingAsOwner(ActingAsOwner&& other) noexcept;
  ActingAsOwner& operator=(ActingAsOwner&&) = delete;
  ActingAsOwner(const ActingAsOwner&) = delete;
  ActingAsOwner& operator=(const ActingAsOwner&) = delete;

  /// For a daemon: there is no way back to root. Fails with privileges.refused.
  [[nodiscard]] Result<void> for_good();
  /// True when root has become somebody else.
  [[nodiscard]] bool changed() const { return owner_.has_value(); }

 private:
  struct Owner {
    uid_t user;
    gid_t group;
    std::vector<gid_t> groups_of_root;
  };
  ActingAsOwner() = default;
  std::optional<Owner> owner_;
};

}  // namespace sfteams::privileges
