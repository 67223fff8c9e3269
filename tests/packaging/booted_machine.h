#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "tests/integration/child_process.h"
#include "tests/packaging/scratch_machine.h"

namespace sfteams::packaging {

/// A scratch machine on which a real systemd runs, in namespaces of its own (tests/packaging/boot).
class BootedMachine {
 public:
  /// Null where that is not possible; the test then counts as skipped (tests/machine.h).
  [[nodiscard]] static std::unique_ptr<BootedMachine> make();
  ~BootedMachine();
  BootedMachine(const BootedMachine&) = delete;
  BootedMachine& operator=(const BootedMachine&) = delete;

  [[nodiscard]] ScratchMachine& disk() { return *machine_; }
  /// A shell's command on that machine, by root.
  [[nodiscard]] integration::Finished run(const std::string& command);
  /// The same, but it has to end well; gives its standard output.
  std::string must(const std::string& command);
  /// systemctl show --value --property=… UNIT
  [[nodiscard]] std::string show(const std::string& unit, const std::string& property);

 private:
  explicit BootedMachine(std::unique_ptr<ScratchMachine> machine) : machine_(std::move(machine)) {}
  [[nodiscard]] bool boot();

  std::unique_ptr<ScratchMachine> machine_;
  integration::ScratchDirectory scratch_;
  std::filesystem::path cgroup_;
  std::unique_ptr<integration::ChildProcess> unshare_;
  pid_t init_ = -1;
  int runs_ = 0;
};

}  // namespace sfteams::packaging
