#pragma once

#include <span>
#include <string>

#include "uci/value.h"

namespace sfteams::simulator {

/// Parameters in one short line for the journal: `"0012", "", true`; at most 200 bytes.
[[nodiscard]] std::string summarise(std::span<const uci::Value> params);

}  // namespace sfteams::simulator
