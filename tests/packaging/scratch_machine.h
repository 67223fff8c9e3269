#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/integration/child_process.h"

namespace sfteams::packaging {

inline constexpr const char* kAgentIni = "/etc/starface-teams-agent/agent.ini";

/// A copy of this machine whose changes nobody else sees and which are gone with it: an overlay
/// over its root, in a mount namespace of this process. Real packages are installed in it by the
/// real dpkg and rpm. systemd does not run there.
class ScratchMachine {
 public:
  /// Null without root or where the kernel does not allow it; the test then counts as skipped
  /// (tests/machine.h).
  [[nodiscard]] static std::unique_ptr<ScratchMachine> make();
  ~ScratchMachine();
  ScratchMachine(const ScratchMachine&) = delete;
  ScratchMachine& operator=(const ScratchMachine&) = delete;

  /// A shell's command on that machine, by root.
  [[nodiscard]] integration::Finished run(const std::string& command);
  /// The same, but it has to end well; gives its standard output.
  std::string must(const std::string& command);

  /// Where "/" of that machine is on this one.
  [[nodiscard]] std::filesystem::path root() const { return mount_ / "root"; }
  [[nodiscard]] bool has(const std::string& file) const;
  [[nodiscard]] std::string content(const std::string& file) const;
  void write(const std::string& file, const std::string& content) const;
  /// "0640 root starface-teams"; empty when it is not there.
  [[nodiscard]] std::string owner_and_mode(const std::string& file);
  /// Puts a file of this machine into a directory of that one; gives its path there.
  [[nodiscard]] std::string bring(const std::filesystem::path& file, const std::string& directory);

 private:
  ScratchMachine() = default;
  [[nodiscard]] std::optional<std::string> mount_all();

  integration::ScratchDirectory scratch_;
  std::filesystem::path mount_ = scratch_.path() / "machine";
  int runs_ = 0;
};

/// The package of that name and ending ("deb", "rpm") in $SFTEAMS_PACKAGES. Empty when there are
/// none; the test then counts as skipped.
[[nodiscard]] std::filesystem::path built_package(const std::string& name,
                                                  const std::string& ending);

/// The tests' own settings of the shipped agent.ini: a PBX, and a connector that does not answer.
[[nodiscard]] std::string configured(std::string shipped);

}  // namespace sfteams::packaging
