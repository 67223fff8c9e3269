#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

namespace sfteams::monitoring {

/// What the operating system says about this process, under the names that Prometheus' own client
/// libraries give it (process_…).
class Process {
 public:
  /// `proc`: what stands for /proc/self. What cannot be read there is left out.
  explicit Process(std::filesystem::path proc = "/proc/self");

  [[nodiscard]] std::string metrics() const;

 private:
  std::filesystem::path proc_;
  /// By the clock as it was set when this was made: a number that moved would look like a restart.
  std::optional<std::chrono::duration<double>> started_;  ///< since 1970
};

}  // namespace sfteams::monitoring
