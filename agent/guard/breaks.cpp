#include "agent/guard/breaks.h"

#include <utility>

namespace sfteams::agent {

Breaks::Part::Part(Breaks& breaks, User& user) : breaks_(breaks), user_(user) {
  breaks_.parts_.push_back(this);
}

Breaks::Part::~Part() {
  std::erase(breaks_.parts_, this);
  if (breaks_.counts_ == this) breaks_.counts_ = nullptr;
}

void Breaks::Part::forget() {
  at_ = {};
  calls_ = 0;
  in_doubt_ = 0;
  counted_ = 0;
}

void Breaks::Part::note(TimePoint sent, TimePoint now) {
  if (breaks_.counts_ == nullptr || sent > breaks_.at_) {
    breaks_.at_ = now;
    breaks_.counts_ = this;
  }
  if (at_ != breaks_.at_) {
    forget();
    at_ = breaks_.at_;
  }
  ++calls_;
  Part& counts = *breaks_.counts_;
  if (&counts == this) {
    user_.doubt_call();
    ++in_doubt_;
  } else if (calls_ > counts.calls_) {
    counts.user_.forgive_calls(std::exchange(counts.in_doubt_, 0),
                               std::exchange(counts.counted_, 0));
    counted_ = user_.count_calls(calls_);
    breaks_.counts_ = this;
  }
}

void Breaks::Part::end() {
  const bool counted = breaks_.counts_ == this;
  forget();
  if (!counted) return;
  Part* most = nullptr;
  for (Part* other : breaks_.parts_) {
    if (other->at_ != breaks_.at_ || other->calls_ == 0) continue;
    if (most == nullptr || other->calls_ > most->calls_) most = other;
  }
  breaks_.counts_ = most;
  if (most != nullptr) most->counted_ = most->user_.count_calls(most->calls_);
}

void Breaks::Part::note_counted(LoginGuard::Number number) {
  if (std::exchange(in_doubt_, 0) > 0) counted_ = number;
}

}  // namespace sfteams::agent
