// The groups that a user belongs to, and whether their calls ring at his phones.

#include <algorithm>
#include <array>

#include "simulator/services/table.h"

namespace sfteams::simulator {
namespace {

bool is_member(const Group& group, const User& user) {
  return std::find(group.members.begin(), group.members.end(), user.index) != group.members.end();
}

Answer get_settings(const Asking& asking) {
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
bool apply(const uci::Value& setting, const Asking& asking) {
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

Answer set_settings(const Asking& asking, const uci::Array& settings) {
  for (const uci::Value& setting : settings) {
    if (apply(setting, asking)) continue;
    return fault(asking.exchange.options, "UciException", "the user has no such group");
  }
  return asking.wire().nothing();
}

Answer set_setting(const Asking& asking) {
  return with_one_struct(asking, set_settings);
}

Answer set_many(const Asking& asking) {
  return with_many_structs(asking, set_settings);
}

constexpr std::array kMethods{
    Method{"group", "getGroupSettings", kV22Up, true, get_settings},
    Method{"group", "setGroupSetting", kV22Up, true, set_setting},
    Method{"group", "setGroupSettings", kV22Up, true, set_many},
};

}  // namespace

std::span<const Method> group_methods() {
  return kMethods;
}

}  // namespace sfteams::simulator
