#include "uci/date_time.h"

#include <chrono>
#include <cstddef>

#include <fmt/format.h>

namespace sfteams::uci {
namespace {

/// Takes a text apart from the left; every step is false when the text does not go on like that.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  bool digits(std::size_t count, int& out) {
    if (rest_.size() < count) return false;
    int number = 0;
    for (const char c : rest_.substr(0, count)) {
      if (c < '0' || c > '9') return false;
      number = number * 10 + (c - '0');
    }
    out = number;
    rest_.remove_prefix(count);
    return true;
  }

  bool character(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void skip_digits() {
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9')
      rest_.remove_prefix(1);
  }

 private:
  std::string_view rest_;
};

bool scan_date(Scanner& in, DateTime& out) {
  if (!in.digits(4, out.year)) return false;
  const bool dashes = in.character('-');
  if (!in.digits(2, out.month)) return false;
  if (dashes && !in.character('-')) return false;
  return in.digits(2, out.day);
}

bool scan_time(Scanner& in, DateTime& out) {
  if (!in.digits(2, out.hour)) return false;
  const bool colons = in.character(':');
  if (!in.digits(2, out.minute)) return false;
  if (colons && !in.character(':')) return false;
  if (!in.digits(2, out.second)) return false;
  if (in.character('.') || in.character(',')) {
    int first = 0;
    if (!in.digits(1, first)) return false;
    in.skip_digits();
  }
  return true;
}

bool scan_zone(Scanner& in, DateTime& out) {
  if (in.at_end()) return true;
  if (in.character('Z') || in.character('z')) {
    out.offset_minutes = 0;
    return true;
  }
  const bool east = in.character('+');
  if (!east && !in.character('-')) return false;
  int hours = 0;
  int minutes = 0;
  if (!in.digits(2, hours)) return false;
  if (!in.at_end()) {
    in.character(':');
    if (!in.digits(2, minutes)) return false;
  }
  if (hours > 23 || minutes > 59) return false;
  out.offset_minutes = (east ? 1 : -1) * (hours * 60 + minutes);
  return true;
}

std::chrono::year_month_day calendar_day(const DateTime& value) {
  return std::chrono::year{value.year} / std::chrono::month{static_cast<unsigned>(value.month)} /
         std::chrono::day{static_cast<unsigned>(value.day)};
}

bool exists(const DateTime& value) {
  return value.year >= 1 && calendar_day(value).ok() && value.hour <= 23 && value.minute <= 59 &&
         value.second <= 59;
}

DateTime in_utc(const DateTime& value) {
  using std::chrono::days;
  using std::chrono::minutes;
  const auto moment = std::chrono::sys_days{calendar_day(value)} + std::chrono::hours{value.hour} +
                      minutes{value.minute - value.offset_minutes.value_or(0)};
  const auto midnight = std::chrono::floor<days>(moment);
  const std::chrono::year_month_day day{midnight};
  const auto since = std::chrono::duration_cast<minutes>(moment - midnight).count();
  return DateTime{.year = static_cast<int>(day.year()),
                  .month = static_cast<int>(static_cast<unsigned>(day.month())),
                  .day = static_cast<int>(static_cast<unsigned>(day.day())),
                  .hour = static_cast<int>(since / 60),
                  .minute = static_cast<int>(since % 60),
                  .second = value.second};
}

}  // namespace

std::optional<DateTime> parse_date_time(std::string_view text) {
  Scanner in(text);
  DateTime value;
  if (!scan_date(in, value) || !in.character('T') || !scan_time(in, value) ||
      !scan_zone(in, value) || !in.at_end() || !exists(value))
    return std::nullopt;
  // A zone may push the first or last day of the calendar out of the four digits.
  const DateTime utc = in_utc(value);
  if (utc.year < 1 || utc.year > 9999) return std::nullopt;
  return value;
}

std::string to_xmlrpc(const DateTime& value) {
  const DateTime utc = in_utc(value);
  return fmt::format("{:04}{:02}{:02}T{:02}:{:02}:{:02}", utc.year, utc.month, utc.day, utc.hour,
                     utc.minute, utc.second);
}

std::string to_iso8601(const DateTime& value) {
  std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", value.year, value.month,
                                 value.day, value.hour, value.minute, value.second);
  if (!value.offset_minutes) return text;
  const int offset = *value.offset_minutes;
  if (offset == 0) return text + 'Z';
  const int size = offset < 0 ? -offset : offset;
  return text + fmt::format("{}{:02}:{:02}", offset < 0 ? '-' : '+', size / 60, size % 60);
}

}  // namespace sfteams::uci
