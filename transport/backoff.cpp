#include "transport/backoff.h"

#include <algorithm>
#include <utility>

namespace sfteams::transport {

Backoff::Backoff(const Limits& limits, Random random)
    : limits_(limits), random_(std::move(random)), ceiling_(limits.first) {}

void Backoff::connected(TimePoint now) {
  connected_at_ = now;
}

Duration Backoff::failed(TimePoint now, Duration asked) {
  if (connected_at_ && now - *connected_at_ >= limits_.stable) ceiling_ = limits_.first;
  connected_at_.reset();
  const Duration ceiling = std::min(ceiling_, limits_.most);
  ceiling_ = std::min(ceiling * 2, limits_.most);
  const Duration spread = asked > Duration(0) ? std::min(ceiling, kMostBesideAsked) : ceiling;
  const auto bound = static_cast<std::uint64_t>(spread.count()) + 1;
  const Duration jitter(static_cast<std::int64_t>(random_(bound)));
  return std::clamp(asked, Duration(0), limits_.most_asked) + jitter;
}

Duration Backoff::moved(TimePoint now) {
  if (!connected_at_ || now - *connected_at_ < kShortest) return failed(now);
  connected_at_.reset();
  const Duration ceiling = std::min(limits_.first, limits_.most);
  const auto bound = static_cast<std::uint64_t>(ceiling.count()) + 1;
  return Duration(static_cast<std::int64_t>(random_(bound)));
}

}  // namespace sfteams::transport
