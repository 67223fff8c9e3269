#pragma once

#include "base/error/error.h"

namespace sfteams::admin::codes {

/// The link that signs in was used already, is too old, or none.
inline constexpr Code kBadLink{"admin.bad-link", Exit::no_permission};
/// No session, or one that is over.
inline constexpr Code kSignedOut{"admin.signed-out", Exit::no_permission};
/// The request comes from another page, or under another name.
inline constexpr Code kForeignRequest{"admin.foreign-request", Exit::no_permission};
inline constexpr Code kBadRequest{"admin.bad-request", Exit::data_error};
/// The page is switched off in the configuration.
inline constexpr Code kDisabled{"admin.disabled", Exit::config};

}  // namespace sfteams::admin::codes
