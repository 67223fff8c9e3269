// A user's phones and the number that he shows.

#include <algorithm>
#include <array>

#include "simulator/services/table.h"

namespace sfteams::simulator {
namespace {

/// A string, or nothing when none is chosen.
Answer get_primary_phone_id(const Asking& asking) {
  return asking.wire().text(asking.own().primary_phone);
}

/// The empty string chooses none.
Answer set_primary_phone_id(const Asking& asking) {
  Params params(asking, 1);
  const std::string phone = params.text(0);
  if (const auto problem = params.problem()) return *problem;
  if (!phone.empty() && std::ranges::count(asking.user.phones, phone) == 0) {
    return fault(asking.exchange.options, "UciException", "the user has no such phone");
  }
  asking.own().primary_phone = phone;
  return asking.wire().nothing();
}

Answer get_display_numbers(const Asking& asking) {
  uci::Array numbers;
  for (const std::string& number : asking.user.display_numbers) {
    numbers.emplace_back(uci::Struct{{"id", number}, {"number", number}});
  }
  return uci::Value(std::move(numbers));
}

Answer get_display_number_id(const Asking& asking) {
  return asking.wire().text(asking.own().display_number);
}

Answer set_display_number_id(const Asking& asking) {
  Params params(asking, 1);
  const std::string number = params.text(0);
  if (const auto problem = params.problem()) return *problem;
  if (std::ranges::count(asking.user.display_numbers, number) == 0) {
    return fault(asking.exchange.options, "UciException", "the user has no such number");
  }
  asking.own().display_number = number;
  return asking.wire().nothing();
}

Answer get_call_waiting(const Asking& asking) {
  return asking.own().call_waiting;
}

Answer set_call_waiting(const Asking& asking) {
  Params params(asking, 1);
  const bool on = params.yes_no(0);
  if (const auto problem = params.problem()) return *problem;
  asking.own().call_waiting = on;
  return asking.wire().nothing();
}

constexpr std::array kPhoneMethods{
    Method{"phone", "getPhoneIds", kV22Up, true, get_phone_ids},
    Method{"phone", "getPrimaryPhoneId", kV22Up, true, get_primary_phone_id},
    Method{"phone", "setPrimaryPhoneId", kV22Up, true, set_primary_phone_id},
    Method{"phone", "getAvailableDisplayNumbers", kV22Up, true, get_display_numbers},
    Method{"phone", "getDisplayNumberId", kV22Up, true, get_display_number_id},
    Method{"phone", "setDisplayNumberId", kV22Up, true, set_display_number_id},
    Method{"phone", "getCallWaitingIndication", kV22Up, true, get_call_waiting},
    Method{"phone", "setCallWaitingIndication", kV22Up, true, set_call_waiting},
};

}  // namespace

Answer get_phone_ids(const Asking& asking) {
  return uci::Value(uci::Array(asking.user.phones.begin(), asking.user.phones.end()));
}

std::span<const Method> phone_methods() {
  return kPhoneMethods;
}

}  // namespace sfteams::simulator
