#include "rest/permission.h"

#include <algorithm>
#include <utility>

#include <json/value.h>

#include "base/text/ascii.h"
#include "base/text/trimmed.h"
#include "rest/values.h"

namespace sfteams::rest {
namespace {

constexpr std::string_view kRights = "a list of rights";

bool same(std::string_view right, std::string_view name) {
  return !name.empty() && text::lower_case(right) == text::lower_case(name);
}

}  // namespace

Result<Permissions> read_permissions(std::string_view body) {
  const Result<Json::Value> document = read_document(body, kRights);
  if (!document) return fail(document.error());
  if (!document->isArray()) return fail(broken_reply(kRights));
  Permissions permissions;
  permissions.visible = true;
  for (const Json::Value& entry : *document) {
    if (permissions.granted.size() == kMostPermissions) break;
    Permission permission{member_text(entry, "permission"), member_text(entry, "description")};
    if (permission != Permission()) permissions.granted.push_back(std::move(permission));
  }
  return permissions;
}

Verdict judge(const Permissions& permissions, std::span<const std::string> names) {
  // A user without any right at all could not have signed in: the list is not what it seems.
  if (!permissions.visible || permissions.granted.empty() || names.empty())
    return Verdict::cannot_tell;
  const auto wanted = [&](const Permission& right) {
    return std::ranges::any_of(names, [&](const std::string& name) {
      const std::string_view trimmed = text::trimmed(name);
      return same(right.name, trimmed) || same(right.description, trimmed);
    });
  };
  return std::ranges::any_of(permissions.granted, wanted) ? Verdict::granted : Verdict::missing;
}

}  // namespace sfteams::rest
