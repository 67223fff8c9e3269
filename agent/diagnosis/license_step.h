#pragma once

#include "agent/diagnosis/step.h"

namespace sfteams::diagnosis {

/// "license": who may sign in as far as licences go, and for how long. Beforehand check_state() has
/// found the licences whole.
[[nodiscard]] Step check_license();

}  // namespace sfteams::diagnosis
