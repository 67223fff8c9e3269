#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <json/value.h>

#include "agent/diagnosis/step.h"

namespace sfteams::diagnosis {

/// "sign-in", for the user that the context must have: signs in through the connector and the agent
/// at the PBX, and out again. Learns the PBX's version. Meanwhile "events": waits a few seconds for
/// an event. It only waits: the one thing that is known to make a PBX send an event is a call, and
/// nobody's phone is to ring because of a check (a user's own presence is not sent to the user). So
/// silence alone says nothing.
[[nodiscard]] Step check_sign_in();

/// "sign-in" of a user who was signed in within `spent` milliseconds. `right`: what the agent knows
/// of the user's right at the PBX, as docs/protocol.md has it; empty where it does not matter.
[[nodiscard]] Finding judge_sign_in(const std::string& spent, std::string_view right);

/// What may be in the way of an event that did not come.
struct InTheWay {
  /// The PBX is on another host, and the callback on loopback.
  std::optional<Error> elsewhere{};
  /// What the agent has refused meanwhile, as in its status; null: nothing.
  Json::Value refused{};
  /// The PBX sends its events to another host than this one.
  std::optional<Error> wrong_host{};
  /// "agent.example.com:9785", where another host's PBX is to deliver events; empty: on loopback.
  std::string callback{};
};

/// How long an event is waited for: longer where there is a reason to expect that none comes.
[[nodiscard]] transport::Duration event_patience(bool doubtful);
/// "events": OK when one was seen; otherwise a warning with what is known to be in the way, or
/// skipped.
[[nodiscard]] Finding judge_events(bool seen, const InTheWay& in_the_way);

}  // namespace sfteams::diagnosis
