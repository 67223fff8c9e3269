#include "monitoring/loop_turns.h"

#include <algorithm>
#include <utility>

namespace sfteams::monitoring {

LoopTurns::LoopTurns(transport::Loop& loop) : loop_(loop) {
  loop_.observe_turns([this](std::chrono::nanoseconds took) {
    const std::chrono::duration<double> seconds = took;
    seconds_.observe(seconds.count());
    longest_ = std::max(longest_, seconds);
  });
}

LoopTurns::~LoopTurns() {
  loop_.observe_turns(nullptr);
}

void LoopTurns::write(metrics::Exposition& out) {
  out.histogram("loop_turn_seconds",
                "How long the event loop worked before it looked for something new", seconds_);
  out.gauge("loop_turn_longest_seconds", "The longest of these since they were last asked for")
      .is(std::exchange(longest_, {}).count());
}

}  // namespace sfteams::monitoring
