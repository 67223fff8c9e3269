#include "agent/guard/scouts.h"

#include <algorithm>
#include <utility>

namespace sfteams::agent {

bool Scouts::suspect(TimePoint now) {
  if (std::exchange(suspicious_, true)) return false;
  suspected_at_ = now;
  at_least_until_ = {};
  may_go_ = false;
  pause_ = kFirstPause;
  scout_pause_ = kFirstPause;
  last_ = now;
  return true;
}

bool Scouts::note_served() {
  pause_ = kFirstPause;
  return std::exchange(suspicious_, false);
}

void Scouts::nobody_waits(TimePoint now) {
  if (now >= at_least_until_) suspicious_ = false;
}

bool Scouts::send(TimePoint now) {
  if (!suspicious_) return false;
  may_go_ = false;
  under_way_ = true;
  last_ = now;
  return true;
}

void Scouts::note_asked(TimePoint now) {
  const auto waited = std::chrono::floor<Duration>(now - suspected_at_);
  pause_ *= 2;
  if (suspicious_) pause_ = std::min(pause_, std::clamp(waited / 4, kShortWait, kLongWait));
  pause_ = std::min(pause_, kAskAtLeast);
}

bool Scouts::note_answer(bool usual, TimePoint now) {
  const Duration pause = usual ? scout_pause_ : kScoutOtherwise;
  const bool goes = suspicious_ && !may_go_ && !under_way_ && now >= last_ + pause;
  if (goes) {
    may_go_ = true;
    // Slower when it takes long, or they alone would use up what may be wrong.
    const int factor = scout_pause_ < kScoutsOften ? 2 : 3;
    scout_pause_ = std::clamp(scout_pause_ * factor, kFirstPause, kScoutPause);
  }
  // No token is spent meanwhile, and one goes at once when the answer is as usual again.
  if (!usual) scout_pause_ = Duration(0);
  return goes;
}

}  // namespace sfteams::agent
