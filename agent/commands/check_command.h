#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "agent/configuration/options.h"

namespace sfteams::commands {

struct CheckOptions {
  bool json = false;                                   ///< an object a line instead of text
  std::filesystem::path report;                        ///< empty: none
  std::string user;                                    ///< signed in for a trial; empty: nobody
  std::optional<std::filesystem::path> password_file;  ///< of that user; otherwise asked for
};

/// starface-teams-agent check. Fails with what client::read_password() fails with. Gives what
/// monitoring expects: 0 when all is well, 1 when something should be looked after, 2 when
/// something does not work.
[[nodiscard]] int run_check(const agent::Options& options, const CheckOptions& check);

}  // namespace sfteams::commands
