#include "agent/guard/book_days.h"

#include <algorithm>

namespace sfteams::agent {
namespace {

constexpr std::int64_t kDaySeconds = 86'400;

std::int64_t calendar_day(clock::UnixSeconds wall) {
  return std::clamp<std::int64_t>(wall / kDaySeconds, 0, BookDays::kLastDay);
}

}  // namespace

BookDays::BookDays(clock::UnixSeconds wall, TimePoint now)
    : marks_{calendar_day(wall), calendar_day(wall)}, day_(marks_.day), began_(now) {}

bool BookDays::resume(const Marks& marks) {
  const bool same = marks.calendar == marks_.calendar;
  // By one at most, whatever the clock shows.
  day_ = std::min(same ? marks.day : marks.day + 1, kLastDay);
  marks_.day = day_;
  return !same;
}

std::int64_t BookDays::today(TimePoint now) const {
  return std::min<std::int64_t>(day_ + (now - began_) / std::chrono::seconds(kDaySeconds),
                                kLastDay);
}

BookDays::Marks BookDays::marks(clock::UnixSeconds wall, TimePoint now) {
  if (has_gone_on(now)) marks_ = {today(now), calendar_day(wall)};
  return marks_;
}

}  // namespace sfteams::agent
