// Placing, watching and ending calls.

#include <array>

#include "simulator/services/table.h"

namespace sfteams::simulator {
namespace {

const Leg* own_leg(const Asking& asking, const std::string& id) {
  const Leg* leg = asking.exchange.switchboard.find(id);
  return leg != nullptr && leg->owner == &asking.user ? leg : nullptr;
}

Answer get_call_ids(const Asking& asking) {
  uci::Array ids;
  for (const Leg* leg : asking.exchange.switchboard.of(asking.user))
    ids.emplace_back(leg->id);
  return uci::Value(std::move(ids));
}

/// An empty struct for a call that is not known.
Answer get_call_state(const Asking& asking) {
  Params params(asking, 1);
  const std::string id = params.text(0);
  if (const auto problem = params.problem()) return *problem;
  const Leg* leg = own_leg(asking, id);
  if (leg == nullptr) return uci::Value(uci::Struct{});
  return uci::Value(asking.wire().call(*leg, asking.exchange.wall()));
}

/// The call's UUID, or "" when it is refused.
Answer place_call(const Asking& asking) {
  Params params(asking, 3);
  const std::string number = params.text(0);
  const std::string phone = params.text(1);
  const std::string id = params.text(2);
  if (const auto problem = params.problem()) return *problem;
  if (!asking.user.may_place_calls) return illegal_access(asking.exchange.options);
  const Result<std::string> placed =
      asking.exchange.switchboard.place(asking.user, number, phone, id);
  return uci::Value(placed.value_or(std::string()));
}

Answer hang_up(const Asking& asking) {
  Params params(asking, 1);
  const std::string id = params.text(0);
  if (const auto problem = params.problem()) return *problem;
  return own_leg(asking, id) != nullptr && asking.exchange.switchboard.hang_up(id);
}

Answer hold(const Asking& asking) {
  Params params(asking, 1);
  const std::string id = params.text(0);
  if (const auto problem = params.problem()) return *problem;
  return own_leg(asking, id) != nullptr && asking.exchange.switchboard.hold(id);
}

Answer forward(const Asking& asking) {
  Params params(asking, 2);
  const std::string id = params.text(0);
  const std::string extension = params.text(1);
  if (const auto problem = params.problem()) return *problem;
  return own_leg(asking, id) != nullptr && asking.exchange.switchboard.forward(id, extension);
}

/// The phone is not looked at: every call of a user is at the phone that he talks with.
Answer conference(const Asking& asking) {
  Params params(asking, 2);
  const std::vector<std::string> ids = params.texts(0);
  static_cast<void>(params.text(1));
  if (const auto problem = params.problem()) return *problem;
  return asking.exchange.switchboard.join(asking.user, ids);
}

constexpr std::array kCallMethods{
    Method{"call", "getPhoneIds", kV20, true, get_phone_ids},
    Method{"call", "getCallIds", kAll, true, get_call_ids},
    Method{"call", "getCallState", kAll, true, get_call_state},
    Method{"call", "placeCall", kV20, true, place_call},
    Method{"call", "placeCallWithPhone", kV22Up, true, place_call},
    Method{"call", "hangupCall", kAll, true, hang_up},
    Method{"call", "hold", kV30, true, hold},
    Method{"call", "forward", kV30, true, forward},
    Method{"call", "conference", kV30, true, conference},
};

}  // namespace

std::span<const Method> call_methods() {
  return kCallMethods;
}

}  // namespace sfteams::simulator
