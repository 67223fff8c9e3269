#pragma once

#include "base/error/error.h"

namespace sfteams::settings::codes {

inline constexpr Code kNone{"settings.none", Exit::config};
inline constexpr Code kSeveral{"settings.several", Exit::config};
inline constexpr Code kUnreadable{"settings.unreadable", Exit::config};
inline constexpr Code kSyntax{"settings.syntax", Exit::config};
inline constexpr Code kRepeatedSection{"settings.repeated-section", Exit::config};
inline constexpr Code kRepeatedKey{"settings.repeated-key", Exit::config};
inline constexpr Code kUnknownSection{"settings.unknown-section", Exit::config};
inline constexpr Code kUnknownKey{"settings.unknown-key", Exit::config};
inline constexpr Code kMissing{"settings.missing", Exit::config};
/// A warning: the installed service does not see the file that a value names.
inline constexpr Code kHiddenFile{"settings.hidden-file", Exit::config};
inline constexpr Code kBadValue{"settings.bad-value", Exit::config};

}  // namespace sfteams::settings::codes
