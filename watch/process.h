#pragma once

#include <chrono>
#include <filesystem>
#include <string>

namespace sfteams::watch {

/// What the operating system says about this process, under the names that Prometheus' own client
/// libraries give it (process_…).
class Process {
 public:
  /// `proc`: what stands for /proc/self. What cannot be read there is left out.
  explicit Process(std::filesystem::path proc = "/proc/self");

  [[nodiscard]] std::string metrics() const;

 private:
  std::filesystem::path proc_;
  std::chrono::system_clock::time_point started_ = std::chrono::system_clock::now();
};

}  // namespace sfteams::watch
