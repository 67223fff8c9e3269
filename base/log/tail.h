#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/log/log.h"

namespace sfteams::log {

/// The last lines of a log, for somebody who looks at them later. Bounded in number and size.
class Tail {
 public:
  static constexpr std::size_t kMostLines = 1'000;
  static constexpr std::size_t kMostBytes = 1'024;  ///< of one message; longer ones are cut

  struct Line {
    std::uint64_t number = 0;  ///< from 1, without gaps
    std::chrono::system_clock::time_point time;
    Level level = Level::info;
    std::string area;
    std::string message;
  };

  void add(std::chrono::system_clock::time_point time, Level level, std::string_view area,
           std::string_view message);
  /// Those that are still there and came after the one with this number, at most `most` of them,
  /// the newest.
  [[nodiscard]] std::vector<Line> after(std::uint64_t number, std::size_t most = kMostLines) const;

 private:
  std::deque<Line> lines_;
  std::uint64_t next_ = 1;
};

}  // namespace sfteams::log
