#pragma once

#include "diagnosis/step.h"

namespace sfteams::diagnosis {

/// "sign-in", only when the context has a user: signs in through the connector and the agent at the
/// PBX, and out again. Learns the PBX's version.
[[nodiscard]] Step check_sign_in();

}  // namespace sfteams::diagnosis
