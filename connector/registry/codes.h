#pragma once

#include "base/error/error.h"

namespace sfteams::connector::codes {

/// Another connector serves from this registry.
inline constexpr Code kAlreadyRunning{"connector.already-running", Exit::temp_failure};

// The registry of names.
inline constexpr Code kRegistryCannotOpen{"connector.registry-cannot-open", Exit::config};
inline constexpr Code kRegistryForeign{"connector.registry-foreign", Exit::config};
inline constexpr Code kRegistryNewer{"connector.registry-newer", Exit::config};
inline constexpr Code kRegistryCorrupt{"connector.registry-corrupt", Exit::io_error};
inline constexpr Code kRegistryFull{"connector.registry-full", Exit::io_error};
inline constexpr Code kRegistryReadOnly{"connector.registry-read-only", Exit::no_permission};
inline constexpr Code kRegistryBusy{"connector.registry-busy", Exit::temp_failure};
inline constexpr Code kRegistryFailed{"connector.registry-failed", Exit::io_error};

}  // namespace sfteams::connector::codes
