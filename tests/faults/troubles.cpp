#include "tests/faults/troubles.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace sfteams::faults {

std::string to_string(Troubles troubles) {
  constexpr std::array<std::pair<Trouble, std::string_view>, 8> kNames{
      {{Trouble::pbx_unwell, "pbx-unwell"},
       {Trouble::pbx_slow, "pbx-slow"},
       {Trouble::logins_forgotten, "logins-forgotten"},
       {Trouble::password_changed, "password-changed"},
       {Trouble::agent_away, "agent-away"},
       {Trouble::connector_away, "connector-away"},
       {Trouble::line_bad, "line-bad"},
       {Trouble::answer_spoilt, "answer-spoilt"}}};
  std::string text;
  for (const auto& [trouble, name] : kNames) {
    if (!troubles.meets(trouble)) continue;
    if (!text.empty()) text += ", ";
    text += name;
  }
  return text.empty() ? "nothing" : text;
}

void TroubleLog::begin(Troubles what, TimePoint now) {
  if (what.any()) spans_.push_back({what, now, std::nullopt});
}

void TroubleLog::end(Troubles what, TimePoint now, Duration lingers) {
  const bool path = what.meets(Trouble::agent_away | Trouble::connector_away | Trouble::line_bad);
  const Duration recovery = path ? recovery_.of_path : recovery_.of_pbx;
  for (Span& span : spans_) {
    if (span.what == what && !span.to) span.to = now + lingers + recovery;
  }
}

Troubles TroubleLog::between(TimePoint from, TimePoint to) const {
  Troubles all;
  for (const Span& span : spans_) {
    if (span.from <= to && (!span.to || *span.to >= from)) all = all | span.what;
  }
  return all;
}

TroubleLog::Duration TroubleLog::calm_time(TimePoint from, TimePoint to) const {
  auto calm = TimePoint::duration::zero();
  TimePoint at = from;
  for (const Span& span : spans_) {
    if (span.from >= to) break;
    calm += std::max(TimePoint::duration::zero(), span.from - at);
    if (!span.to) return std::chrono::duration_cast<Duration>(calm);
    at = std::max(at, *span.to);
  }
  calm += std::max(TimePoint::duration::zero(), to - at);
  return std::chrono::duration_cast<Duration>(calm);
}

}  // namespace sfteams::faults
