#include "diagnosis/clock_step.h"

#include <string>

#include <fmt/format.h>
#include <sys/timex.h>

#include "agent/codes.h"
#include "keygen/utc_time.h"

namespace sfteams::diagnosis {
namespace {

constexpr const char* kStep = "clock";
constexpr const char* kSetIt =
    "let the system set its clock by NTP (timedatectl set-ntp true, or chrony)";
constexpr std::chrono::seconds kStrange{30};
constexpr std::chrono::seconds kWrong{300};

/// Nothing when it may not be asked (a service's system calls are restricted).
std::optional<bool> synchronized() {
  timex state{};
  const int answer = ::adjtimex(&state);
  if (answer < 0) return std::nullopt;
  return answer != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
}

}  // namespace

Finding judge_clock(std::chrono::system_clock::time_point ours,
                    std::optional<std::chrono::system_clock::time_point> theirs,
                    std::optional<bool> is_synchronized) {
  const std::string now = keygen::utc_text(ours);
  if (!theirs) {
    if (is_synchronized == false) {
      return warning(kStep, now + "; nothing sets this clock, and there is none to compare it with",
                     kSetIt);
    }
    return well(kStep, now + (is_synchronized ? ", set by NTP" : ""));
  }
  // Theirs was cut to whole seconds.
  const auto off = std::chrono::round<std::chrono::seconds>(ours - *theirs);
  const std::string text = fmt::format("{}, {} s {} the connector's", now, std::abs(off.count()),
                                       off.count() < 0 ? "behind" : "before");
  if (std::chrono::abs(off) > kWrong) {
    return failure(kStep,
                   Error{agent::codes::kClockWrong,
                         text + ": certificates, licences and graces are judged wrongly", kSetIt});
  }
  if (std::chrono::abs(off) > kStrange) return warning(kStep, text, kSetIt);
  return well(kStep, text);
}

Step check_clock() {
  return [](Context& context, const Found& found, const Done& done) -> std::unique_ptr<Work> {
    std::optional<std::chrono::system_clock::time_point> theirs;
    if (context.connector_time) {
      theirs = *context.connector_time +
               std::chrono::duration_cast<std::chrono::system_clock::duration>(
                   std::chrono::steady_clock::now() - context.connector_time_heard);
    }
    found(judge_clock(std::chrono::system_clock::now(), theirs, synchronized()));
    done();
    return nullptr;
  };
}

}  // namespace sfteams::diagnosis
