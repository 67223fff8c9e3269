#pragma once

#include "agent/diagnosis/step.h"

namespace sfteams::diagnosis {

/// "registration": whether the running agent is registered at the connector, and as the
/// configuration says. When none is running, it registers until end_registration(), in the agent's
/// place; unless an agent with the same identity is connected from elsewhere, which would be thrown
/// out.
[[nodiscard]] Step check_registration();

/// Lets go of what check_registration() holds: the connector is told. Finds nothing.
[[nodiscard]] Step end_registration();

}  // namespace sfteams::diagnosis
