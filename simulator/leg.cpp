#include "simulator/leg.h"

namespace sfteams::simulator {

std::string_view to_string(CallState state) {
  switch (state) {
    case CallState::requested:
      return "REQUESTED";
    case CallState::incoming:
      return "INCOMING";
    case CallState::ringing:
      return "RINGING";
    case CallState::proceeding:
      return "PROCEEDING";
    case CallState::ringback:
      return "RINGBACK";
    case CallState::connected:
      return "CONNECTED";
    case CallState::conference:
      return "CONFERENCE_ACTIVE";
    case CallState::hangup:
      return "HANGUP";
  }
  return "";
}

}  // namespace sfteams::simulator
