#include "bench/load.h"

#include <utility>

#include <fmt/format.h>

namespace sfteams::bench {

using Clock = std::chrono::steady_clock;

std::string Outcome::to_json() {
  return fmt::format(
      R"({{"calls":{},"failures":{},"per_second":{:.0f},"p50_us":{:.1f},"p99_us":{:.1f}}})", calls,
      failures, seconds > 0 ? static_cast<double>(calls) / seconds : 0.0, latencies.percentile(0.5),
      latencies.percentile(0.99));
}

Load::Load(transport::Loop& loop, std::vector<Caller> callers, transport::Duration warm_up,
           transport::Duration duration, std::function<void(Outcome)> finished)
    : loop_(loop),
      callers_(std::move(callers)),
      warm_up_(warm_up),
      duration_(duration),
      finished_(std::move(finished)) {}

void Load::start() {
  timer_ = loop_.after(warm_up_, [this] {
    counting_ = true;
    counting_since_ = Clock::now();
    timer_ = loop_.after(duration_, [this] {
      over_ = true;
      outcome_.seconds = std::chrono::duration<double>(Clock::now() - counting_since_).count();
      finished_(std::move(outcome_));
    });
  });
  for (std::size_t caller = 0; caller < callers_.size(); ++caller)
    next(caller);
}

void Load::next(std::size_t caller) {
  if (over_) return;
  // The loop's clock stands still within a turn; latencies need the real one.
  const Clock::time_point begun = Clock::now();
  callers_[caller]([this, caller, begun](bool ok) {
    if (over_) return;
    if (counting_ && begun >= counting_since_) {
      ++outcome_.calls;
      if (!ok) ++outcome_.failures;
      outcome_.latencies.add(Clock::now() - begun);
    }
    next(caller);
  });
}

}  // namespace sfteams::bench
