#pragma once

#include "agent/diagnosis/step.h"

namespace sfteams::diagnosis {

/// "sign-in", for the user that the context must have: signs in through the connector and the agent
/// at the PBX, and out again. Learns the PBX's version. Meanwhile "events": waits a few seconds for
/// an event. It only waits: the one thing that is known to make a PBX send an event is a call, and
/// nobody's phone is to ring because of a check (a user's own presence is not sent to the user). So
/// silence alone says nothing.
[[nodiscard]] Step check_sign_in();

/// How long an event is waited for: longer where there is a reason to expect that none comes.
[[nodiscard]] transport::Duration event_patience(bool pbx_elsewhere);
/// "events": OK when one was seen; otherwise skipped, or a warning when none can come because
/// the PBX is `elsewhere`.
[[nodiscard]] Finding judge_events(bool seen, const std::optional<Error>& elsewhere);

}  // namespace sfteams::diagnosis
