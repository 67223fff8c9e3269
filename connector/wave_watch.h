#pragma once

#include <cstdint>

namespace sfteams::connector {

/// Notices that a wave of connections is over. A thousand TLS handshakes at once leave the heap full
/// of holes, which the allocator keeps: twice of what the connections need. Then it is time to give
/// them back, once, as that takes milliseconds.
class WaveWatch {
 public:
  static constexpr std::uint64_t kWave = 500;  ///< fewer connections are none

  /// Once a second. `opened`: connections since the start. True when a wave has come and now, in
  /// this second, a tenth of what makes one at most.
  [[nodiscard]] bool over(std::uint64_t opened) {
    const std::uint64_t in_this_second = opened - seen_;
    seen_ = opened;
    if (opened - settled_ < kWave || in_this_second > kWave / 10) return false;
    settled_ = opened;
    return true;
  }

 private:
  std::uint64_t seen_ = 0;
  std::uint64_t settled_ = 0;
};

}  // namespace sfteams::connector
