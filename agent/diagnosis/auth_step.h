#pragma once

#include "agent/diagnosis/step.h"

namespace sfteams::diagnosis {

/// "auth": by what users sign in at the PBX ([uci] auth), and whether the PBX offers that. Asks for
/// the PBX's description of its OAuth only, which names nobody.
[[nodiscard]] Step check_auth();

}  // namespace sfteams::diagnosis
