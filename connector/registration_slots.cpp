#include "connector/registration_slots.h"

#include <algorithm>

namespace sfteams::connector {

using transport::Duration;
using transport::TimePoint;

namespace {

constexpr std::chrono::seconds kSecond{1};

/// Rounded up, so that who waits for it does not come before it.
Duration until(TimePoint then, TimePoint now) {
  return std::max(std::chrono::ceil<Duration>(then - now), Duration(0));
}

}  // namespace

RegistrationSlots::RegistrationSlots(unsigned per_second, TimePoint now)
    : apart_(std::chrono::nanoseconds(kSecond) / per_second), next_(now - kSecond + apart_) {}

bool RegistrationSlots::take(TimePoint now) {
  // What was not used is kept for a second.
  const TimePoint place = std::max(next_, now - kSecond + apart_);
  if (place > now) return false;
  next_ = place + apart_;
  return true;
}

bool RegistrationSlots::take_or_book(const std::string& who, TimePoint now) {
  drop_old(now);
  if (const auto slot = slots_.find(who); slot != slots_.end()) {
    if (slot->second > now) return false;
    slots_.erase(slot);
    return true;
  }
  if (take(now)) return true;
  slots_.emplace(who, next_);
  order_.emplace_back(next_, who);
  next_ += apart_;
  return false;
}

Duration RegistrationSlots::when_due(const std::string& who, TimePoint now) const {
  const auto slot = slots_.find(who);
  return slot == slots_.end() ? Duration(0) : until(slot->second, now);
}

Duration RegistrationSlots::when_free(TimePoint now) const {
  return until(next_, now);
}

void RegistrationSlots::drop_old(TimePoint now) {
  while (!order_.empty() && order_.front().first + kKept < now) {
    const auto& [due, who] = order_.front();
    // It may have taken it, and have another one by now.
    if (const auto slot = slots_.find(who); slot != slots_.end() && slot->second == due)
      slots_.erase(slot);
    order_.pop_front();
  }
}

}  // namespace sfteams::connector
