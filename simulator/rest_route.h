#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "simulator/options.h"

namespace sfteams::simulator {

/// What lies below /rest.
enum class RestResource {
  login,
  me,
  avatar,
  contacts,
  tags,
  scheme,
  contact,
  accounts,
  version,
  permissions,
  user_permissions,
  unknown
};

/// The resource of one request.
struct RestRoute {
  RestResource resource = RestResource::unknown;
  std::string_view name;  ///< the path, also for rules: "/rest/users/{id}/avatar"
  std::string_view id;    ///< what stands in place of `{id}`

  /// For the journal: the path, but not what a client made up, which might be a secret in a wrong
  /// place.
  [[nodiscard]] std::string shown_path() const;
};

/// nullopt: the path is not below /rest, or `rest` is `no`. The route lives as long as the path.
[[nodiscard]] std::optional<RestRoute> find_rest_route(const Options& options,
                                                       std::string_view path);

}  // namespace sfteams::simulator
