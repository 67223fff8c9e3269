#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "bench/latencies.h"
#include "transport/loop.h"

namespace sfteams::bench {

/// One who always has exactly one call under way. `call` starts one and promises to run `done(ok)`
/// once.
using Caller = std::function<void(std::function<void(bool ok)> done)>;

struct Outcome {
  std::size_t calls = 0;
  std::size_t failures = 0;
  double seconds = 0;
  Latencies latencies;

  /// {"calls":…,"failures":…,"per_second":…,"p50_us":…,"p99_us":…}
  [[nodiscard]] std::string to_json();
};

/// Lets all callers call for `warm_up`, uncounted, and then for `duration`; `finished` gets what
/// was counted.
class Load {
 public:
  Load(transport::Loop& loop, std::vector<Caller> callers, transport::Duration warm_up,
       transport::Duration duration, std::function<void(Outcome)> finished);
  void start();

 private:
  void next(std::size_t caller);

  transport::Loop& loop_;
  std::vector<Caller> callers_;
  transport::Duration warm_up_;
  transport::Duration duration_;
  std::function<void(Outcome)> finished_;
  std::unique_ptr<transport::Timer> timer_;
  std::chrono::steady_clock::time_point counting_since_;
  bool counting_ = false;
  bool over_ = false;
  Outcome outcome_;
};

}  // namespace sfteams::bench
