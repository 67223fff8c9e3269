#pragma once

#include "agent/diagnosis/step.h"

namespace sfteams::diagnosis {

/// "round-trip": a session through the connector back to this agent, as a user's client makes one,
/// up to but without signing in.
[[nodiscard]] Step check_round_trip();

}  // namespace sfteams::diagnosis
