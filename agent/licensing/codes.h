#pragma once

#include "base/error/error.h"

namespace sfteams::agent::codes {

inline constexpr Code kNotNamed{"license.not-named", Exit::no_permission};
/// [license] named = pbx, and the PBX does not show whether the user has the right.
inline constexpr Code kRightUnknown{"license.right-unknown", Exit::unavailable};
inline constexpr Code kNoSeat{"license.no-seat", Exit::temp_failure};
inline constexpr Code kSeatWithdrawn{"license.seat-withdrawn", Exit::no_permission};
inline constexpr Code kNotAdministrator{"license.not-administrator", Exit::no_permission};
inline constexpr Code kLicenseThere{"license.entered-already", Exit::cant_create};
inline constexpr Code kTooManyLicenses{"license.too-many", Exit::cant_create};
inline constexpr Code kNoSuchLicense{"license.not-entered", Exit::no_input};
inline constexpr Code kNoSuchHolder{"license.no-such-holder", Exit::no_input};

}  // namespace sfteams::agent::codes
