#pragma once

#include <chrono>
#include <optional>

#include "agent/diagnosis/step.h"

namespace sfteams::diagnosis {

/// What is to be thought of this clock. `theirs`: the connector's, in whole seconds;
/// `synchronized`: what the kernel says, nothing when it does not.
[[nodiscard]] Finding judge_clock(std::chrono::system_clock::time_point ours,
                                  std::optional<std::chrono::system_clock::time_point> theirs,
                                  std::optional<bool> synchronized);

/// "clock": against the connector's, and whether something sets it.
[[nodiscard]] Step check_clock();

}  // namespace sfteams::diagnosis
