#include "simulator/rest_route.h"

#include <algorithm>
#include <array>

#include "base/text/ascii.h"

namespace sfteams::simulator {
namespace {

constexpr std::string_view kRestPrefix = "/rest/";
constexpr std::string_view kPlaceOfId = "{id}";
constexpr std::size_t kMostAccountDigits = 10;

/// The first that fits: a contact cannot be called `tags`.
constexpr std::array kRestRoutes{
    RestRoute{RestResource::login, "/rest/login", {}},
    RestRoute{RestResource::me, "/rest/users/me", {}},
    RestRoute{RestResource::avatar, "/rest/users/{id}/avatar", {}},
    RestRoute{RestResource::contacts, "/rest/contacts", {}},
    RestRoute{RestResource::tags, "/rest/contacts/tags", {}},
    RestRoute{RestResource::scheme, "/rest/contacts/scheme", {}},
    RestRoute{RestResource::contact, "/rest/contacts/{id}", {}},
    RestRoute{RestResource::accounts, "/rest/accounts", {}},
    RestRoute{RestResource::version, "/rest/server/version", {}},
    RestRoute{RestResource::permissions, "/rest/permissions", {}},
    RestRoute{RestResource::user_permissions, "/rest/permissions/users/{id}", {}},
};

bool fits_path(RestRoute& route, std::string_view path) {
  const std::size_t at = route.name.find(kPlaceOfId);
  if (at == std::string_view::npos) return route.name == path;
  const std::string_view front = route.name.substr(0, at);
  const std::string_view end = route.name.substr(at + kPlaceOfId.size());
  if (path.size() <= front.size() + end.size()) return false;
  if (!path.starts_with(front) || !path.ends_with(end)) return false;
  route.id = path.substr(front.size(), path.size() - front.size() - end.size());
  return route.id.find('/') == std::string_view::npos;
}

}  // namespace

std::string RestRoute::shown_path() const {
  std::string shown(name);
  const std::size_t at = shown.find(kPlaceOfId);
  const bool account = !id.empty() && id.size() <= kMostAccountDigits &&
                       std::all_of(id.begin(), id.end(), text::is_digit);
  if (at != std::string::npos && account) shown.replace(at, kPlaceOfId.size(), id);
  return shown;
}

std::optional<RestRoute> find_rest_route(const Options& options, std::string_view path) {
  if (options.rest.mode == RestMode::no || !path.starts_with(kRestPrefix)) return std::nullopt;
  for (RestRoute route : kRestRoutes) {
    if (fits_path(route, path)) return route;
  }
  return RestRoute{RestResource::unknown, "/rest/{unknown}", {}};
}

}  // namespace sfteams::simulator
