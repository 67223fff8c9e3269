#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <json/value.h>

#include "agent/configuration.h"
#include "error/error.h"

namespace sfteams::agent {

/// What of the configuration the administration page can change.
struct PageSettings {
  std::optional<std::string> name;  ///< [system] name
  std::optional<bool> uci_enabled;  ///< [uci] enabled

  /// From a request; members of another type count as missing.
  [[nodiscard]] static PageSettings from(const Json::Value& request);
};

/// Writes them into the configuration file and leaves everything else in it as it was, comments
/// included. The new text is read as a start of the agent would read it, and refused when it is
/// wrong: then nothing is changed. Fails with the codes of settings/, and with admin.not-writable
/// when the agent's user may not write there.
[[nodiscard]] Result<void> save_settings(const std::filesystem::path& file,
                                         const PageSettings& settings);

/// Whether save_settings() could write.
[[nodiscard]] bool is_writable(const std::filesystem::path& file);

}  // namespace sfteams::agent
