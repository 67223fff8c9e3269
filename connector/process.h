#pragma once

#include <cstddef>

#include "base/error/error.h"

namespace sfteams::connector {

/// No core dumps, which would hold keys of TLS; files that are made are for this user only; a
/// connection that breaks while it is written to is an error value and no signal. Fails with
/// crypto.core-files, of which a warning is enough: everything else has been done then.
[[nodiscard]] Result<void> harden_process();

/// Lets the process open `descriptors` files if the hard limit allows it. Gives what it may open.
[[nodiscard]] std::size_t allow_descriptors(std::size_t descriptors);

}  // namespace sfteams::connector
