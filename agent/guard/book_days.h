#pragma once

#include <cstdint>

#include "base/clock/unix_time.h"
#include "transport/scheduler.h"

namespace sfteams::agent {

/// The days by which known users grow old. A book's day goes on by one in 24 hours of the monotonic
/// clock, and by one at a start on another day of the calendar than the last one. So a wrong clock,
/// whatever it shows, makes nobody older by more than a day, and days on which the agent is off
/// hardly count. Days are 0 to kLastDay.
///
/// It has no clock: the caller passes the monotonic moment, which never goes back, and what the
/// wall clock shows.
class BookDays {
 public:
  using TimePoint = transport::TimePoint;
  static constexpr std::int64_t kLastDay = 0xffff'ffff;

  /// What outlives the process.
  struct Marks {
    std::int64_t day = 0;        ///< the book's, when it last went on
    std::int64_t calendar = -1;  ///< the calendar's then; -1: not known
    friend bool operator==(const Marks&, const Marks&) = default;
  };

  /// A book that begins now, on the calendar's day.
  BookDays(clock::UnixSeconds wall, TimePoint now);
  /// Once, before anything else: goes on with a book that had these marks. True: with another day,
  /// so that marks() are others now.
  [[nodiscard]] bool resume(const Marks& marks);

  [[nodiscard]] std::int64_t today(TimePoint now) const;
  /// For the file.
  [[nodiscard]] Marks marks(clock::UnixSeconds wall, TimePoint now);
  /// The book's day has gone on since marks() was called, or since the beginning.
  [[nodiscard]] bool has_gone_on(TimePoint now) const { return today(now) > marks_.day; }

 private:
  Marks marks_;
  std::int64_t day_;  ///< the book's at began_
  TimePoint began_;
};

}  // namespace sfteams::agent
