#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>

namespace sfteams::log {

/// Keeps one place of the program from filling the log: a stranger, or a state that lasts, may be
/// what makes it speak. Each place may write kBurst lines in kWindow; what is more is left out and
/// counted. No I/O, no clock.
class Limiter {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::uint64_t kBurst = 30;
  static constexpr std::chrono::seconds kWindow{60};

  /// Whether a line of this place may be written; then, how many were left out before it. `place`
  /// is any address that stands for it, such as that of its format.
  [[nodiscard]] std::optional<std::uint64_t> admit(const void* place, Time now);

 private:
  struct Place {
    Time begin{};  ///< of the window
    std::uint64_t written = 0;
    std::uint64_t left_out = 0;
  };
  std::map<const void*, Place> places_;  ///< as many as there are places in the program
};

}  // namespace sfteams::log
