#include "connector/throttle.h"

#include <algorithm>

namespace sfteams::connector {

using transport::Duration;
using transport::TimePoint;

Throttle::Throttle(const Options& options) : options_(options) {
  for (Duration delay = options_.first; delay.count() > 0 && delay < options_.longest; delay *= 2)
    ++highest_;
}

unsigned Throttle::level_of(const Entry& entry, TimePoint now) const {
  const auto forgotten = (now - entry.last) / options_.forget_after;
  return forgotten >= static_cast<std::int64_t>(entry.level)
             ? 0
             : entry.level - static_cast<unsigned>(forgotten);
}

Duration Throttle::delay(const Address& sender, TimePoint now) const {
  const auto found = entries_.find(sender.sender());
  const unsigned level = found == entries_.end() ? 0 : level_of(found->second, now);
  if (level == 0) return Duration::zero();
  return std::min<Duration>(options_.longest, options_.first * (1LL << (level - 1)));
}

Throttle::Noted Throttle::failed(const Address& sender, TimePoint now) {
  drop_old(now);
  const auto [found, is_new] = entries_.try_emplace(sender.sender());
  Entry& entry = found->second;
  const unsigned before = is_new ? 0 : level_of(entry, now);
  if (is_new) {
    entry.place = oldest_.insert(oldest_.end(), found->first);
  } else {
    oldest_.splice(oldest_.end(), oldest_, entry.place);
  }
  entry.level = std::min(before + 1, highest_);
  entry.last = now;
  if (entries_.size() > options_.capacity) {
    entries_.erase(oldest_.front());
    oldest_.pop_front();
  }
  return {entry.level, entry.level == highest_ && before != highest_};
}

void Throttle::drop_old(TimePoint now) {
  while (!oldest_.empty()) {
    const auto found = entries_.find(oldest_.front());
    if (level_of(found->second, now) != 0) return;
    entries_.erase(found);
    oldest_.pop_front();
  }
}

}  // namespace sfteams::connector
