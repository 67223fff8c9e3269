#pragma once

#include "agent/diagnosis/step.h"

namespace sfteams::diagnosis {

/// "dns", "tcp", "proxy", "tls" and "websocket": one dial to the connector, as the agent does it,
/// told stage by stage.
[[nodiscard]] Step check_way();

}  // namespace sfteams::diagnosis
