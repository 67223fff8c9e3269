#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <json/value.h>

#include "agent/configuration/configuration.h"
#include "base/crypto/secret.h"
#include "base/error/error.h"

namespace sfteams::agent {

/// What of the configuration the administration page can change.
struct PageSettings {
  std::optional<std::string> name;  ///< [system] name
  std::optional<bool> uci_enabled;  ///< [uci] enabled

  /// From a request; members of another type count as missing.
  [[nodiscard]] static PageSettings from(const Json::Value& request);
};

/// The configuration file with other settings in it, and everything else as it was, comments
/// included. Read and checked, but not written yet.
class EditedSettings {
 public:
  /// What a start of the agent would read out of it.
  [[nodiscard]] const Configuration& configuration() const { return configuration_; }
  /// Fails with admin.changed-by-hand when the file is not any more what was edited, and with
  /// admin.not-writable when the agent's user may not write there: then nothing has changed.
  /// `spare`: in a directory where the agent may write, for when it may not beside the file
  /// (base/files/rewriting.h).
  [[nodiscard]] Result<void> save(const std::filesystem::path& spare) const;

 private:
  friend Result<EditedSettings> edit_settings(const std::filesystem::path& path,
                                              const Configuration& in_force,
                                              const PageSettings& settings);
  crypto::Secret before_;  ///< may hold the password of a proxy
  std::string after_;
  Configuration configuration_;
};

/// `path` as for load_configuration(). The name is written in its canonical form. Fails with the
/// codes of settings/ when a start of the agent would refuse the new text, and with
/// admin.changed-by-hand when what is to be set was changed in the file by hand and is not
/// `in_force` yet: it would be lost.
[[nodiscard]] Result<EditedSettings> edit_settings(const std::filesystem::path& path,
                                                   const Configuration& in_force,
                                                   const PageSettings& settings);

/// Whether EditedSettings::save() could write.
[[nodiscard]] bool is_writable(const std::filesystem::path& file);

}  // namespace sfteams::agent
