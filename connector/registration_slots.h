#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <string>
#include <unordered_map>
#include <utility>

#include "transport/scheduler.h"

namespace sfteams::connector {

/// When agents may register: `per_second` of them at once after a quiet second, and in the long run
/// so many in each second. Who is known and comes too early books the next free place, its *slot*,
/// and is let in when it comes again then, whatever else comes: after an outage every agent is
/// turned away once at most, and N of them are all back after N / per_second.
///
/// One `who` has one slot at a time, so that nobody can book the places of others.
class RegistrationSlots {
 public:
  /// How long a slot is kept for who does not come.
  static constexpr transport::Duration kKept{60'000};

  /// `per_second` is at least 1.
  RegistrationSlots(unsigned per_second, transport::TimePoint now);

  /// For who is known: true when it may go on now. Otherwise it has a slot, when_due() from now.
  [[nodiscard]] bool take_or_book(const std::string& who, transport::TimePoint now);
  /// How long until the slot of `who`; nothing when it has none.
  [[nodiscard]] transport::Duration when_due(const std::string& who,
                                             transport::TimePoint now) const;

  /// For strangers: true when it may go on now. Places that are booked are not theirs.
  [[nodiscard]] bool take(transport::TimePoint now);
  /// How long until the first place that nobody has booked.
  [[nodiscard]] transport::Duration when_free(transport::TimePoint now) const;

  /// Slots that are booked now.
  [[nodiscard]] std::size_t booked() const { return slots_.size(); }

 private:
  void drop_old(transport::TimePoint now);

  std::chrono::nanoseconds apart_;  ///< from one place to the next
  transport::TimePoint next_;       ///< the first place that nobody has
  std::unordered_map<std::string, transport::TimePoint> slots_;
  /// In the order in which they were booked, which is that of their times; also those that were
  /// taken since.
  std::deque<std::pair<transport::TimePoint, std::string>> order_;
};

}  // namespace sfteams::connector
