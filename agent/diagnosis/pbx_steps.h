#pragma once

#include <string_view>

#include "agent/diagnosis/step.h"

namespace sfteams::diagnosis {

/// The oldest PBX that the integration works with.
inline constexpr std::string_view kOldestPbx = "6.7.3.11";

/// Whether a version of dotted numbers is at least another one: "8.1" is newer than "6.7.3.11";
/// what follows a '-' does not count. nullopt when one of them is no such version.
[[nodiscard]] std::optional<bool> at_least(std::string_view version, std::string_view oldest);

/// "ports": whether the running agent could open the ports of its own that users can do without.
[[nodiscard]] Step check_ports();
/// "uci": whether the PBX answers, and whether it is UCI that does (agent/pbx/pbx_probe.h).
[[nodiscard]] Step check_uci();
/// "version": whether the PBX is new enough, as far as it has told the running agent.
[[nodiscard]] Step check_version();

}  // namespace sfteams::diagnosis
