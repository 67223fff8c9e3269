#pragma once

#include "base/error/error.h"

namespace sfteams::rest::codes {

/// REST is switched off, or what users sign in by is no good there.
inline constexpr Code kDisabled{"rest.disabled", Exit::unavailable};
/// The PBX has no such part of REST, or not for this user.
inline constexpr Code kNotOffered{"rest.not-offered", Exit::unavailable};
/// The PBX does not take the user's sign-in for REST, not even a new one.
inline constexpr Code kNotSignedIn{"rest.not-signed-in", Exit::no_permission};
/// The nonce login was refused: the user or the password is wrong. It is not tried again.
inline constexpr Code kLoginRefused{"rest.login-refused", Exit::no_permission};
/// The PBX wants an Active Directory user's password itself, which is not at hand.
inline constexpr Code kActiveDirectory{"rest.active-directory", Exit::unavailable};

/// The answer holds nothing that could be read.
inline constexpr Code kBrokenReply{"rest.broken-reply", Exit::unavailable};
/// The answer has more bytes or values than are read.
inline constexpr Code kTooLarge{"rest.too-large", Exit::unavailable};
/// HTTP 5xx or 429, a web page, a redirect.
inline constexpr Code kPbxError{"rest.pbx-error", Exit::unavailable};
/// Too many requests of this user wait.
inline constexpr Code kBusy{"rest.busy", Exit::temp_failure};

}  // namespace sfteams::rest::codes
