// Presence: what others see of a user.

#include <algorithm>
#include <array>

#include "simulator/services/table.h"

namespace sfteams::simulator {
namespace {

constexpr std::size_t kMostMessage = 1'000;

std::string_view telephony_state(const std::vector<Leg*>& legs) {
  if (legs.empty()) return "AVAILABLE";
  const bool ringing = std::all_of(legs.begin(), legs.end(), [](const Leg* leg) {
    return leg->state == CallState::incoming || leg->state == CallState::ringing;
  });
  return ringing ? "RINGING" : "ACTIVE";
}

Answer get_user_state(const Asking& asking) {
  const Extension& own = asking.own();
  const Wire wire = asking.wire();
  return uci::Value(uci::Struct{
      {"avatarHash", wire.text({})},
      {"chatPresence", own.do_not_disturb ? "DO_NOT_DISTURB" : "AVAILABLE"},
      {"telephonyState", telephony_state(asking.exchange.switchboard.of(asking.user))},
      {"chatPresenceMessage", wire.text(own.chat_message)},
      {"redirectAlwaysActive", own.redirect(RedirectType::always).enabled},
  });
}

Answer set_do_not_disturb(const Asking& asking) {
  Params params(asking, 1);
  const bool on = params.yes_no(0);
  if (const auto problem = params.problem()) return *problem;
  asking.own().do_not_disturb = on;
  return asking.wire().nothing();
}

Answer set_chat_message(const Asking& asking) {
  Params params(asking, 1);
  std::string message = params.text(0);
  if (const auto problem = params.problem()) return *problem;
  if (message.size() > kMostMessage) {
    return fault(asking.exchange.options, "UciException", "the message is too long");
  }
  asking.own().chat_message = std::move(message);
  return asking.wire().nothing();
}

constexpr std::array kUserStateMethods{
    Method{"userState", "getUserState", kV22Up, true, get_user_state},
    Method{"userState", "setDoNotDisturbSetting", kV22Up, true, set_do_not_disturb},
    Method{"userState", "setChatPresenceMessage", kV22Up, true, set_chat_message},
};

}  // namespace

std::span<const Method> user_state_methods() {
  return kUserStateMethods;
}

}  // namespace sfteams::simulator
