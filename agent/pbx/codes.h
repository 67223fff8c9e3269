#pragma once

#include "base/error/error.h"

namespace sfteams::agent::codes {

inline constexpr Code kBadPattern{"agent.bad-pattern", Exit::config};
inline constexpr Code kSignedOut{"session.signed-out", Exit::no_permission};
inline constexpr Code kUciDisabled{"uci.disabled", Exit::unavailable};
/// The file of [uci] client-secret-file.
inline constexpr Code kClientSecretUnreadable{"uci.client-secret-unreadable", Exit::config};
/// A warning: it can be read by everybody.
inline constexpr Code kClientSecretOpen{"uci.client-secret-open", Exit::config};
inline constexpr Code kShuttingDown{"session.shutting-down", Exit::temp_failure};

}  // namespace sfteams::agent::codes
