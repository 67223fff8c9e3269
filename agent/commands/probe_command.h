#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "agent/configuration/options.h"
#include "base/error/error.h"

namespace sfteams::commands {

struct ProbeOptions {
  bool json = false;
  std::filesystem::path report;  ///< empty: none
  std::string user;
  std::optional<std::filesystem::path> password_file;  ///< otherwise asked for
  std::chrono::seconds wait{60};                       ///< for each call
  bool wrong_passwords = false;
};

/// starface-teams-agent check --probe: the test sheet of docs/compatibility.md at a real PBX. Exit::ok
/// whatever the PBX answers. Fails with what client::read_password(), agent::load_configuration(),
/// probe::run() and write_report_file() fail with.
[[nodiscard]] Exit run_probe(const agent::Options& options, const ProbeOptions& probe);

}  // namespace sfteams::commands
