#include "agent/guard/usual_answer.h"

#include <algorithm>

namespace sfteams::agent {

Refusal::Nobody UsualAnswer::compare(const Shape& nobody) const {
  using Verdict = Refusal::Nobody;
  if (certain_) return nobody == *certain_ ? Verdict::usual : Verdict::otherwise;
  if (likely_) return nobody == *likely_ ? Verdict::likely : Verdict::otherwise;
  return nobody.rank <= Shape::Rank::failure ? Verdict::otherwise : Verdict::unlearned;
}

bool UsualAnswer::note_served(std::uint64_t sent, TimePoint now) {
  // Of the question that was answered, not of one that has just been asked.
  return likely_ && sent > likely_since_ && now <= likely_asked_at_ + kNoRestart && be_certain(now);
}

bool UsualAnswer::has_question(TimePoint now) {
  if (asking_ || now < next_) return false;
  asking_ = true;
  next_ = now + kAskSoon;
  return true;
}

bool UsualAnswer::note_answer(const Shape& nobody, TimePoint asked_at, std::uint64_t last_sent,
                              bool doubtful, TimePoint now) {
  asking_ = false;
  if (doubtful || nobody.rank == Shape::Rank::nothing) return false;
  in_a_row_ = likely_ == nobody ? in_a_row_ + 1 : 1;
  likely_ = nobody;
  likely_since_ = last_sent;
  likely_asked_at_ = asked_at;
  return in_a_row_ >= kCertain && be_certain(now);
}

bool UsualAnswer::be_certain(TimePoint now) {
  const bool same = certain_ == likely_;
  // Once for each question, however many are served just after it.
  if (same && next_ > now + kAskSoon) return false;
  certain_ = likely_;
  pause_ = same ? std::min(pause_ * 2, kAskAtLeast) : kAskAgain;
  next_ = std::max(next_, now + pause_);
  return !same;
}

}  // namespace sfteams::agent
