#pragma once

#include <filesystem>

#include "agent/options.h"

namespace sfteams::diagnosis {

struct CheckOptions {
  bool json = false;             ///< an object a line instead of text
  std::filesystem::path report;  ///< empty: none
};

/// starface-teams-agent check. Gives what monitoring expects: 0 when all is well, 1 when something
/// should be looked after, 2 when something does not work.
[[nodiscard]] int run_check(const agent::Options& options, const CheckOptions& check);

}  // namespace sfteams::diagnosis
