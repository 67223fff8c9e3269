#pragma once

#include <filesystem>
#include <optional>

namespace sfteams::agent {

/// Where everything is; the same for every command.
struct Options {
  std::filesystem::path configuration = "/etc/starface-teams-agent";
  std::filesystem::path state_directory = "/var/lib/starface-teams-agent";
  std::optional<std::filesystem::path> control;  ///< otherwise in the state directory

  [[nodiscard]] std::filesystem::path control_socket() const {
    return control.value_or(state_directory / "control");
  }
};

}  // namespace sfteams::agent
