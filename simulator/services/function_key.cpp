// Function keys: one busy lamp field for every other user, which is how a client watches others.

#include <array>

#include "simulator/services/table.h"

namespace sfteams::simulator {
namespace {

constexpr std::size_t kMostKeys = 100;
constexpr std::string_view kLampPrefix = "blf-";

/// nullptr: no key of this user.
const User* watched(const Asking& asking, const std::string& key) {
  if (!key.starts_with(kLampPrefix)) return nullptr;
  const User* user = asking.exchange.directory.by_login(key.substr(kLampPrefix.size()));
  return user == &asking.user ? nullptr : user;
}

Answer get_function_keys(const Asking& asking) {
  uci::Array keys;
  for (const User& user : asking.exchange.directory.users()) {
    if (&user == &asking.user) continue;
    if (keys.size() == kMostKeys) break;
    keys.emplace_back(uci::Struct{
        {"id", std::string(kLampPrefix) + user.login},
        {"type", "BUSY_LAMP_FIELD"},
        {"name", user.name},
        {"number", user.number},
    });
  }
  return uci::Value(std::move(keys));
}

/// The newest call of the user whom the key watches; an empty struct when there is none.
Answer get_call_info(const Asking& asking) {
  Params params(asking, 1);
  const std::string key = params.text(0);
  if (const auto problem = params.problem()) return *problem;
  const User* user = watched(asking, key);
  if (user == nullptr) return uci::Value(uci::Struct{});
  const auto& legs = asking.exchange.switchboard.of(*user);
  if (legs.empty()) return uci::Value(uci::Struct{});
  return uci::Value(asking.wire().call(*legs.back(), asking.exchange.wall()));
}

/// Pressing a lamp calls its user.
Answer press_key(const Asking& asking) {
  Params params(asking, 2);
  const std::string key = params.text(0);
  static_cast<void>(params.array(1));
  if (const auto problem = params.problem()) return *problem;
  const User* user = watched(asking, key);
  if (user == nullptr) {
    return fault(asking.exchange.options, "UciException", "the user has no such key");
  }
  if (!asking.user.may_place_calls) return illegal_access(asking.exchange.options);
  const auto placed = asking.exchange.switchboard.place(asking.user, user->number, "", "");
  if (!placed) return fault(asking.exchange.options, "UciException", placed.error().message);
  return asking.wire().nothing();
}

constexpr std::array kFunctionKeyMethods{
    Method{"functionKey", "getFunctionKeys", kV30, true, get_function_keys},
    Method{"functionKey", "getCallInfoForKey", kV30, true, get_call_info},
    Method{"functionKey", "pressKey", kV30, true, press_key},
};

}  // namespace

std::span<const Method> function_key_methods() {
  return kFunctionKeyMethods;
}

}  // namespace sfteams::simulator
