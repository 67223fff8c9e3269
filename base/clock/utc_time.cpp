#include "base/clock/utc_time.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace sfteams::clock {
namespace {

// Every 0 stands for a digit.
constexpr std::string_view kForm = "0000-00-00T00:00:00Z";

struct Field {
  std::size_t place;
  std::size_t digits;
};
constexpr Field kYear{0, 4};
constexpr Field kMonth{5, 2};
constexpr Field kDay{8, 2};
constexpr Field kHour{11, 2};
constexpr Field kMinute{14, 2};
constexpr Field kSecond{17, 2};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool has_form(std::string_view text) {
  if (text.size() != kForm.size()) return false;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    if (kForm[i] == '0' ? !is_digit(text[i]) : text[i] != kForm[i]) return false;
  }
  return true;
}

unsigned read(std::string_view text, Field field) {
  unsigned value = 0;
  const char* const begin = text.data() + field.place;
  std::from_chars(begin, begin + field.digits, value);
  return value;
}

void write(std::string& text, Field field, unsigned value) {
  for (std::size_t i = field.digits; i-- > 0; value /= 10) {
    text[field.place + i] = static_cast<char>('0' + value % 10);
  }
}

void write_day(std::string& text, std::chrono::sys_days day) {
  const std::chrono::year_month_day date(day);
  write(text, kYear, static_cast<unsigned>(static_cast<int>(date.year())));
  write(text, kMonth, static_cast<unsigned>(date.month()));
  write(text, kDay, static_cast<unsigned>(date.day()));
}

/// Of a text in the right form; the calendar may not have it.
std::chrono::year_month_day read_day(std::string_view text) {
  return {std::chrono::year(static_cast<int>(read(text, kYear))),
          std::chrono::month(read(text, kMonth)), std::chrono::day(read(text, kDay))};
}

std::string text_of(std::chrono::sys_seconds time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::hh_mm_ss clock(time - day);
  std::string text(kForm);
  write_day(text, day);
  write(text, kHour, static_cast<unsigned>(clock.hours().count()));
  write(text, kMinute, static_cast<unsigned>(clock.minutes().count()));
  write(text, kSecond, static_cast<unsigned>(clock.seconds().count()));
  return text;
}

}  // namespace

std::string utc_text(std::chrono::system_clock::time_point time) {
  return text_of(std::chrono::floor<std::chrono::seconds>(time));
}

std::string utc_text(UnixSeconds time) {
  using std::chrono::sys_days;
  constexpr std::chrono::sys_seconds kFirst = sys_days(std::chrono::year(0) / 1 / 1);
  constexpr std::chrono::sys_seconds kEnd = sys_days(std::chrono::year(10'000) / 1 / 1);
  const std::chrono::sys_seconds moment{std::chrono::seconds(time)};
  return text_of(std::clamp(moment, kFirst, kEnd - std::chrono::seconds(1)));
}

std::optional<std::chrono::system_clock::time_point> parse_utc(std::string_view text) {
  if (!is_utc_text(text)) return std::nullopt;
  const std::chrono::sys_seconds time =
      std::chrono::sys_days(read_day(text)) + std::chrono::hours(read(text, kHour)) +
      std::chrono::minutes(read(text, kMinute)) + std::chrono::seconds(read(text, kSecond));
  // The clock counts nanoseconds in 64 bits, which would wrap.
  using Clock = std::chrono::system_clock::time_point;
  if (time < std::chrono::ceil<std::chrono::seconds>(Clock::min()) ||
      time > std::chrono::floor<std::chrono::seconds>(Clock::max()))
    return std::nullopt;
  return time;
}

std::optional<std::chrono::sys_days> parse_day(std::string_view text) {
  // Not by way of a point of time: the calendar goes on where the clock ends.
  const std::string midnight = std::string(text) + "T00:00:00Z";
  if (!is_utc_text(midnight)) return std::nullopt;
  return std::chrono::sys_days(read_day(midnight));
}

std::string day_text(std::chrono::sys_days day) {
  std::string text(kForm);
  write_day(text, day);
  return text.substr(0, kHour.place - 1);
}

bool is_utc_text(std::string_view text) {
  if (!has_form(text)) return false;
  return read_day(text).ok() && read(text, kHour) < 24 && read(text, kMinute) < 60 &&
         read(text, kSecond) < 60;
}

}  // namespace sfteams::clock
