#pragma once

#include "agent/diagnosis/step.h"

namespace sfteams::diagnosis {

// What lies on this host. None of them makes or changes anything but modes that are too wide.

/// "config": exactly one, without a mistake, and such that the agent's user can read it.
[[nodiscard]] Step check_configuration();
/// "key": there is one, and how old it is.
[[nodiscard]] Step check_key();
/// "state": the identity, the licences and the seats can be read, and there is room to write.
[[nodiscard]] Step check_state();

}  // namespace sfteams::diagnosis
