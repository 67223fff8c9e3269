#include "simulator/routing.h"

#include <utility>

namespace sfteams::simulator {
namespace {

/// Two users who redirect to each other must not keep us busy for ever.

/// forwardType of v30: call forwarding unconditional, busy, no reply.
std::string_view forward_type(RedirectType type) {
  switch (type) {
    case RedirectType::always:
      return "CFU";
    case RedirectType::busy:
      return "CFB";
    case RedirectType::timeout:
      return "CFNR";
  }
  return "NONE";
}

}  // namespace

Routing::Routing(const Directory& directory, const Extensions& extensions, IsBusy is_busy)
    : directory_(directory), extensions_(extensions), is_busy_(std::move(is_busy)) {}

Route Routing::to(std::string_view number) const {
  return find(number, 0);
}

Route Routing::after_timeout(const User& user) const {
  return follow(user, RedirectType::timeout, 0);
}

Route Routing::find(std::string_view number, int redirects) const {
  if (const User* user = directory_.by_number(number)) return to_user(*user, number, redirects);
  if (const Group* group = directory_.group_by_number(number)) return to_group(*group, number);
  Route route;
  route.kind = number.empty() ? Route::Kind::refused : Route::Kind::outside;
  route.number = number;
  return route;
}

Route Routing::to_user(const User& user, std::string_view number, int redirects) const {
  const Extension& own = extensions_.of(user);
  if (own.redirect(RedirectType::always).enabled) {
    return follow(user, RedirectType::always, redirects);
  }
  Route route;
  route.users = {&user};
  route.number = number;
  if (cannot_be_called(user)) {
    if (own.redirect(RedirectType::busy).enabled) {
      return follow(user, RedirectType::busy, redirects);
    }
    return route;  // refused
  }
  route.kind = Route::Kind::users;
  const Redirect& late = own.redirect(RedirectType::timeout);
  if (late.enabled) route.patience = late.timeout;
  return route;
}

Route Routing::to_group(const Group& group, std::string_view number) const {
  Route route;
  route.number = number;
  route.group_id = group.id;
  for (const std::size_t index : group.members) {
    const User& member = directory_.users()[index];
    if (extensions_.of(member).left_groups.contains(group.id)) continue;
    if (!cannot_be_called(member)) route.users.push_back(&member);
  }
  route.kind = route.users.empty() ? Route::Kind::refused : Route::Kind::users;
  return route;
}

Route Routing::follow(const User& user, RedirectType type, int redirects) const {
  const Redirect& redirect = extensions_.of(user).redirect(type);
  Route route;
  route.users = {&user};
  if (redirects < kMostRedirects && !redirect.to_voicemail) {
    route = find(redirect.destination, redirects + 1);
  } else if (redirect.to_voicemail) {
    route.kind = Route::Kind::voicemail;
    route.number = user.number;
  }
  if (route.forwarder == nullptr) {
    route.forwarder = &user;
    route.forward_type = forward_type(type);
  }
  return route;
}

bool Routing::cannot_be_called(const User& user) const {
  const Extension& own = extensions_.of(user);
  return own.do_not_disturb || (!own.call_waiting && is_busy_(user));
}

}  // namespace sfteams::simulator
