// The groups that a user belongs to, and whether their calls ring at his phones.

#include <algorithm>
#include <array>

#include "simulator/services/table.h"

namespace sfteams::simulator {
namespace {

bool is_member(const Group& group, const User& user) {
  return std::find(group.members.begin(), group.members.end(), user.index) != group.members.end();
}

Answer get_groups(const Asking& asking) {
  uci::Array settings;
  for (const Group& group : asking.exchange.directory.groups()) {
    if (!is_member(group, asking.user)) continue;
    settings.emplace_back(uci::Struct{
        {"id", group.id},
        {"name", group.name},
        {"phoneNumbers", uci::Array(group.numbers.begin(), group.numbers.end())},
        {"active", !asking.own().left_groups.contains(group.id)},
    });
  }
  return uci::Value(std::move(settings));
}

/// Name and numbers are read-only, so only `active` is looked at. False: no such group.
bool apply_membership(const uci::Value& setting, const Asking& asking) {
  const uci::Value* id = setting.find("id");
  const uci::Value* active = setting.find("active");
  if (id == nullptr || active == nullptr) return false;
  if (id->as_string() == nullptr || active->as_bool() == nullptr) return false;
  for (const Group& group : asking.exchange.directory.groups()) {
    if (group.id != *id->as_string() || !is_member(group, asking.user)) continue;
    if (*active->as_bool()) {
      asking.own().left_groups.erase(group.id);
    } else {
      asking.own().left_groups.insert(group.id);
    }
    return true;
  }
  return false;
}

Answer set_memberships(const Asking& asking, const uci::Array& settings) {
  for (const uci::Value& setting : settings) {
    if (apply_membership(setting, asking)) continue;
    return fault(asking.exchange.options, "UciException", "the user has no such group");
  }
  return asking.wire().nothing();
}

Answer set_one_membership(const Asking& asking) {
  return with_one_struct(asking, set_memberships);
}

Answer set_many_memberships(const Asking& asking) {
  return with_many_structs(asking, set_memberships);
}

constexpr std::array kGroupMethods{
    Method{"group", "getGroupSettings", kV22Up, true, get_groups},
    Method{"group", "setGroupSetting", kV22Up, true, set_one_membership},
    Method{"group", "setGroupSettings", kV22Up, true, set_many_memberships},
};

}  // namespace

std::span<const Method> group_methods() {
  return kGroupMethods;
}

}  // namespace sfteams::simulator
