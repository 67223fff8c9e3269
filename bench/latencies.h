#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace sfteams::bench {

/// Latencies of single calls, all kept, so that the percentiles are exact.
class Latencies {
 public:
  void add(std::chrono::steady_clock::duration taken) {
    nanoseconds_.push_back(static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(taken).count()));
  }

  [[nodiscard]] std::size_t count() const { return nanoseconds_.size(); }

  /// In microseconds; `fraction` in [0, 1]. 0 when nothing was measured.
  [[nodiscard]] double percentile(double fraction) {
    if (nanoseconds_.empty()) return 0;
    const auto last = static_cast<double>(nanoseconds_.size() - 1);
    const auto place = nanoseconds_.begin() + static_cast<std::ptrdiff_t>(fraction * last);
    std::nth_element(nanoseconds_.begin(), place, nanoseconds_.end());
    return static_cast<double>(*place) / 1000.0;
  }

 private:
  std::vector<std::uint64_t> nanoseconds_;
};

}  // namespace sfteams::bench
