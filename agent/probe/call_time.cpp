#include "agent/probe/call_time.h"

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace sfteams::probe {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kHour = 60 * kMinute;
/// Every zone of the world is a multiple of this.
constexpr std::int64_t kStep = 15 * kMinute;
/// Between the start of a call and its first event, with both clocks' errors.
constexpr std::int64_t kMostOff = 3 * kMinute;
constexpr std::int64_t kMostOffset = 15 * kHour;

std::int64_t as_utc(const uci::DateTime& time) {
  const sys_days day{std::chrono::year(time.year) / std::chrono::month(unsigned(time.month)) /
                     std::chrono::day(unsigned(time.day))};
  const std::int64_t of_day = time.hour * kHour + time.minute * kMinute + time.second;
  return day.time_since_epoch() / days(1) * 86'400 + of_day -
         time.offset_minutes.value_or(0) * kMinute;
}

struct Start {
  std::int64_t time = 0;  ///< as if it were UTC
  bool names_zone = false;
};

std::optional<Start> start_of(const uci::Value& value) {
  if (const uci::DateTime* const date = value.as_date_time())
    return Start{as_utc(*date), date->offset_minutes.has_value()};
  if (const std::string* const text = value.as_string()) {
    const auto date = uci::parse_date_time(*text);
    if (!date) return std::nullopt;
    return Start{as_utc(*date), date->offset_minutes.has_value()};
  }
  double number = 0;
  if (const double* const real = value.as_double()) number = *real;
  if (const std::int64_t* const whole = value.as_int()) number = static_cast<double>(*whole);
  constexpr double kMilliseconds = 1e11;  // a number above is none of seconds
  if (number > kMilliseconds) number /= 1'000;
  if (!(number > 0 && number < kMilliseconds)) return std::nullopt;
  return Start{static_cast<std::int64_t>(number), false};
}

std::string minutes(std::int64_t offset) {
  return fmt::format("{:+} min", offset);
}

uci::DateTime date_of(std::int64_t time) {
  const std::chrono::sys_seconds point{std::chrono::seconds(time)};
  const auto day = std::chrono::floor<days>(point);
  const std::chrono::year_month_day date(day);
  const std::int64_t rest = (point - day).count();
  uci::DateTime result;
  result.year = int(date.year());
  result.month = int(unsigned(date.month()));
  result.day = int(unsigned(date.day()));
  result.hour = int(rest / kHour);
  result.minute = int(rest / kMinute % 60);
  result.second = int(rest % 60);
  return result;
}

}  // namespace

NewestCall newest_in(const Reply& reply) {
  NewestCall newest;
  const auto value = value_of(reply);
  const uci::Value* const member = value ? value->find("entries") : nullptr;
  const uci::Array* const entries =
      member != nullptr ? member->as_array() : (value ? value->as_array() : nullptr);
  newest.readable = entries != nullptr;
  if (entries == nullptr || entries->empty()) return newest;
  const uci::Value& entry = entries->front();
  if (const uci::Value* const id = entry.find("id"); id != nullptr && id->as_string() != nullptr)
    newest.id = *id->as_string();
  if (const uci::Value* const start = entry.find("startTime")) newest.start = *start;
  return newest;
}

Finding judge_call_time(const CallTime& call) {
  if (!call.before.readable || !call.after.readable)
    return not_found_out(kStartIsUtc, "the PBX gives no call list");
  if (call.after.id.empty() || call.after.id == call.before.id)
    return not_found_out(kStartIsUtc, "the call is not in the call list");
  std::vector<Fact> facts{{"type", std::string(call.after.start.type_name())}};
  const auto start = start_of(call.after.start);
  if (!start) return not_found_out(kStartIsUtc, "startTime cannot be read", std::move(facts));
  facts.push_back({"names its zone", start->names_zone ? "yes" : "no"});
  const std::int64_t off = start->time - call.heard;
  const std::int64_t offset = std::llround(double(off) / double(kStep)) * kStep;
  if (std::abs(off - offset) > kMostOff || std::abs(offset) > kMostOffset) {
    return not_found_out(kStartIsUtc,
                         "startTime fits no zone: this host's clock or the PBX's is wrong",
                         std::move(facts));
  }
  facts.push_back({"ahead of UTC", minutes(offset / kMinute)});
  facts.push_back({"this host's zone", minutes(call.host_offset)});
  return found(kStartIsUtc, offset == 0, std::move(facts));
}

uci::Array newest_call_arguments(std::int64_t now) {
  constexpr std::int64_t kAhead = 26 * kHour;
  uci::Array arguments;
  arguments.emplace_back(date_of(now + kAhead));
  arguments.emplace_back(uci::DateTime{2000, 1, 1});
  for (const char* const text : {"", "", "", "startTime", "DESCENDING"})
    arguments.emplace_back(text);
  arguments.emplace_back(0);
  arguments.emplace_back(1);
  return arguments;
}

}  // namespace sfteams::probe
