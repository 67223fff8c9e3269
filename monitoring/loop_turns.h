#pragma once

#include <chrono>

#include "base/metrics/exposition.h"
#include "base/metrics/histogram.h"
#include "transport/loop.h"

namespace sfteams::monitoring {

/// How long the turns of a daemon's loop take: while one lasts, nobody else is served. Counted from
/// here on, as long as this lives; the loop outlives it.
class LoopTurns {
 public:
  explicit LoopTurns(transport::Loop& loop);
  ~LoopTurns();
  LoopTurns(const LoopTurns&) = delete;
  LoopTurns& operator=(const LoopTurns&) = delete;

  /// loop_turn_seconds and loop_turn_longest_seconds; the longest is looked for anew from then on.
  void write(metrics::Exposition& out);

 private:
  transport::Loop& loop_;
  metrics::Histogram seconds_{{0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5}};
  std::chrono::duration<double> longest_{0};
};

}  // namespace sfteams::monitoring
