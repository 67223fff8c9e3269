#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error/error.h"

namespace sfteams::rest {

/// A right that a user has at the PBX. Both texts are valid UTF-8, at most kMostText bytes, and one
/// of them may be empty.
struct Permission {
  std::string name;         ///< "UCI_AUTOPROVISIONING"
  std::string description;  ///< in the PBX's or the user's language

  friend bool operator==(const Permission&, const Permission&) = default;
};

inline constexpr std::size_t kMostPermissions = 1'000;

/// The rights of a user, where the PBX shows them: as a rule to administrators only.
struct Permissions {
  bool visible = false;
  std::vector<Permission> granted;  ///< at most kMostPermissions
};

/// Reads the answer to GET /rest/permissions/users/{id}: [{id, permission, description}]. Fails
/// with rest.too-large and rest.broken-reply.
[[nodiscard]] Result<Permissions> read_permissions(std::string_view body);

enum class Verdict {
  granted,
  missing,
  cannot_tell,  ///< the PBX does not show rights to this user, or not one at all
};

/// Whether one of the rights has one of these names, by its name or its description, whatever the
/// case of their ASCII letters and the blanks around them. Without names nothing is asked for:
/// cannot_tell.
[[nodiscard]] Verdict judge(const Permissions& permissions, std::span<const std::string> names);

}  // namespace sfteams::rest
