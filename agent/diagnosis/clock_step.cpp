#include "agent/diagnosis/clock_step.h"

#include <string>

#include <sys/timex.h>

#include "agent/diagnosis/codes.h"
#include "base/clock/utc_time.h"

namespace sfteams::diagnosis {
namespace {

constexpr const char* kClockStep = "clock";
constexpr std::chrono::seconds kStrange{30};
constexpr std::chrono::seconds kWrong{300};

Sentence set_it() {
  return said("let the system set its clock by NTP (timedatectl set-ntp true, or chrony)");
}

/// Nothing when it may not be asked (a service's system calls are restricted).
std::optional<bool> synchronized() {
  timex state{};
  const int answer = ::adjtimex(&state);
  if (answer < 0) return std::nullopt;
  return answer != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
}

/// How far our clock is off, in the unit that people would choose.
Sentence compared(const std::string& now, std::chrono::seconds off) {
  const bool behind = off.count() < 0;
  const auto whole = std::chrono::abs(off);
  if (whole == std::chrono::seconds(0)) return said("{0}, the same as the connector's", {now});
  const auto in = [&](auto unit) {
    return std::to_string(std::chrono::round<decltype(unit)>(whole).count());
  };
  if (whole < std::chrono::minutes(2)) {
    return behind ? said("{0}, {1} s behind the connector's", {now, in(std::chrono::seconds())})
                  : said("{0}, {1} s ahead of the connector's", {now, in(std::chrono::seconds())});
  }
  if (whole < std::chrono::hours(2)) {
    return behind
               ? said("{0}, {1} min behind the connector's", {now, in(std::chrono::minutes())})
               : said("{0}, {1} min ahead of the connector's", {now, in(std::chrono::minutes())});
  }
  const std::string days = in(std::chrono::days());
  if (days == "0" || whole < std::chrono::hours(23)) {
    return behind ? said("{0}, {1} h behind the connector's", {now, in(std::chrono::hours())})
                  : said("{0}, {1} h ahead of the connector's", {now, in(std::chrono::hours())});
  }
  if (days == "1") {
    return behind ? said("{0}, 1 day behind the connector's", {now})
                  : said("{0}, 1 day ahead of the connector's", {now});
  }
  return behind ? said("{0}, {1} days behind the connector's", {now, days})
                : said("{0}, {1} days ahead of the connector's", {now, days});
}

}  // namespace

Finding judge_clock(std::chrono::system_clock::time_point ours,
                    std::optional<std::chrono::system_clock::time_point> theirs,
                    std::optional<bool> is_synchronized) {
  const std::string now = clock::utc_text(ours);
  if (!theirs) {
    if (is_synchronized == false) {
      return warning(
          kClockStep, codes::kClockNotSet,
          said("{0}; nothing sets this clock, and there is none to compare it with", {now}),
          set_it());
    }
    return well(kClockStep, is_synchronized ? said("{0}, set by NTP", {now}) : verbatim(now));
  }
  // Theirs was cut to whole seconds.
  const auto off = std::chrono::round<std::chrono::seconds>(ours - *theirs);
  const Sentence text = compared(now, off);
  if (std::chrono::abs(off) > kWrong) {
    return {kClockStep, Verdict::fail, std::string(codes::kClockWrong.id),
            text + said(": certificates, licences and graces are judged wrongly"), set_it()};
  }
  if (std::chrono::abs(off) > kStrange)
    return warning(kClockStep, codes::kClockOff, text, set_it());
  return well(kClockStep, text);
}

Step check_clock() {
  return {{kClockStep},
          [](Context& context, const Found& found, const Done& done) -> std::unique_ptr<Work> {
            std::optional<std::chrono::system_clock::time_point> theirs;
            if (context.connector_time) {
              theirs = *context.connector_time +
                       std::chrono::duration_cast<std::chrono::system_clock::duration>(
                           std::chrono::steady_clock::now() - context.connector_time_heard);
            }
            found(judge_clock(std::chrono::system_clock::now(), theirs, synchronized()));
            done();
            return nullptr;
          }};
}

}  // namespace sfteams::diagnosis
