#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>

namespace sfteams::integration {

/// Prints it, for who compares runs: what tests assert is far more generous than what a machine
/// shows that has time.
void measured(const std::string& what, std::chrono::milliseconds time);

/// How long it took until `happened`; throws when that did not come within the patience.
[[nodiscard]] std::chrono::milliseconds time_until(const std::function<bool()>& happened);

/// How long this machine holds up a program that wants to write a little to its disk, as long as
/// this lives: what a daemon is held up beside that is its own fault.
class MachineStalls {
 public:
  /// Writes a file in this directory.
  explicit MachineStalls(const std::filesystem::path& directory);
  ~MachineStalls();
  MachineStalls(const MachineStalls&) = delete;
  MachineStalls& operator=(const MachineStalls&) = delete;

  [[nodiscard]] std::chrono::milliseconds longest() const {
    return std::chrono::milliseconds(longest_.load());
  }

 private:
  void look(const std::filesystem::path& file);

  std::atomic<bool> over_{false};
  std::atomic<std::chrono::milliseconds::rep> longest_{0};
  std::thread thread_;
};

}  // namespace sfteams::integration
