#pragma once

#include "diagnosis/step.h"

namespace sfteams::diagnosis {

/// "registration": whether the running agent is registered at the connector. When none is running,
/// it registers for the time of the diagnosis, in the agent's place.
[[nodiscard]] Step check_registration();

/// Lets go of what check_registration() holds: the connector is told. Finds nothing.
[[nodiscard]] Step end_registration();

}  // namespace sfteams::diagnosis
