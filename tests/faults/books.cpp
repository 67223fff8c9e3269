#include "tests/faults/books.h"

#include <algorithm>
#include <charconv>
#include <ranges>
#include <string_view>

#include <fmt/format.h>

#include "tests/faults/verdicts.h"

namespace sfteams::faults {
namespace {

/// The text between the first `open` and what follows it; empty when it is not there.
std::string between(std::string_view text, std::string_view open, char close) {
  const std::size_t begin = text.find(open);
  if (begin == std::string_view::npos) return {};
  const std::size_t start = begin + open.size();
  return std::string(text.substr(start, text.find(close, start) - start));
}

/// Of two logins that the same event was sent to.
Arrival better(Arrival one, Arrival other) {
  for (const Arrival best : {Arrival::delivered, Arrival::unknown, Arrival::refused}) {
    if (one == best || other == best) return best;
  }
  return Arrival::gone;
}

}  // namespace

void Books::take_journal(const Json::Value& entries, const std::string& method) {
  for (const Json::Value& entry : entries) {
    const std::string kind = entry["kind"].asString();
    if (kind == "event") take_event(entry);
    if (kind != "request" || entry["method"] != method || entry["outcome"] != "ok") continue;
    Execution& execution = executions_["t" + between(entry["params"].asString(), "token-", '!')];
    ++execution.times;
    execution.spoilt = execution.spoilt || !entry["misbehaviour"].asString().empty();
  }
}

void Books::take_event(const Json::Value& entry) {
  const std::string number = between(entry["params"].asString(), "event-", '!');
  std::uint64_t value = 0;
  std::from_chars(number.data(), number.data() + number.size(), value);
  const auto arrival = arrival_of(entry);
  if (value == 0 || !arrival) return;
  const std::string user = entry["user"].asString();
  if (arrival == Arrival::refused) {
    seen_.push_back(fmt::format("event {} for {} ended as '{}' with HTTP {}", value, user,
                                entry["outcome"].asString(), entry["status"].asInt()));
  }
  const auto [place, first] = sent_[user].emplace(value, *arrival);
  if (!first) place->second = better(place->second, *arrival);
}

void Books::check_request(const std::string& token, const Ending& ending,
                          std::vector<std::string>& broken) const {
  const auto found = executions_.find(token);
  const Execution execution = found == executions_.end() ? Execution() : found->second;
  if (execution.times > 1)
    broken.push_back(fmt::format("request {} ran {} times", token, execution.times));
  switch (ending.fate) {
    case Fate::waiting:
      return broken.push_back(fmt::format("request {} got no answer", token));
    case Fate::answered:
      if (execution.times == 0)
        broken.push_back(fmt::format("request {} was answered and never ran", token));
      return;
    case Fate::failed:
      break;
    case Fate::unknown:
      return;
  }
  const Situation situation = execution.times == 0 ? Situation::call : Situation::carried_out;
  const Troubles during = execution.spoilt ? ending.during | Trouble::answer_spoilt : ending.during;
  if (judge(situation, ending.code, during) == Verdict::broken) {
    broken.push_back(fmt::format(
        "request {} ran {} times and failed: {} after {:.1f} s, while this was wrong: {}", token,
        execution.times, ending.code, std::chrono::duration<double>(ending.after).count(),
        to_string(during)));
  }
}

/// What a session heard has to be, without a gap, a piece of what the PBX delivered for its user.
/// It may begin before the sign-in was answered, and not after that.
void Books::check_hearing(const Hearing& hearing, std::vector<std::string>& broken) const {
  static const Sent kNothing;
  const auto found = sent_.find(hearing.user);
  const Sent& sent = found == sent_.end() ? kNothing : found->second;
  const bool early = !hearing.events.empty() && hearing.events.front() <= hearing.after;
  auto at = early ? sent.find(hearing.events.front()) : sent.upper_bound(hearing.after);
  // While the session was there its login was, too: an event that found none at all went astray.
  const auto certain = [](const Sent::value_type& event) {
    return event.second != Arrival::unknown;
  };
  for (const std::uint64_t event : hearing.events) {
    while (at != sent.end() && !certain(*at) && at->first != event)
      ++at;
    if (at != sent.end() && at->first == event) {
      ++at;
      continue;
    }
    return broken.push_back(
        at == sent.end()
            ? fmt::format("{} heard event {}, and the PBX sent none there", hearing.user, event)
            : fmt::format("{} heard event {} where the PBX sent {}", hearing.user, event,
                          at->first));
  }
  if (!hearing.to_the_end) return;
  const auto missed = std::find_if(at, sent.end(), certain);
  if (missed == sent.end()) return;
  const auto all = std::count_if(missed, sent.end(), certain);
  broken.push_back(fmt::format("{} did not hear event {}, nor {} after it", hearing.user,
                               missed->first, all - 1));
}

std::vector<std::string> Books::broken_promises() const {
  std::vector<std::string> broken = seen_;
  for (const auto& [token, ending] : endings_)
    check_request(token, ending, broken);
  for (const Hearing& hearing : hearings_)
    check_hearing(hearing, broken);
  return broken;
}

Books::Tally Books::tally() const {
  Tally tally;
  tally.asked = endings_.size();
  const auto count = [this](Fate fate) {
    return static_cast<std::size_t>(std::ranges::count_if(
        endings_, [fate](const auto& entry) { return entry.second.fate == fate; }));
  };
  tally.answered = count(Fate::answered);
  tally.failed = count(Fate::failed);
  tally.unknown = count(Fate::unknown);
  tally.waiting = count(Fate::waiting);
  for (const auto& [token, execution] : executions_)
    tally.executed += execution.times;
  for (const auto& [user, events] : sent_) {
    tally.delivered += static_cast<std::size_t>(std::ranges::count_if(
        events, [](const auto& event) { return event.second == Arrival::delivered; }));
  }
  for (const Hearing& hearing : hearings_) {
    tally.heard += hearing.events.size();
    tally.to_the_end += hearing.to_the_end ? 1 : 0;
  }
  tally.sessions = hearings_.size();
  return tally;
}

}  // namespace sfteams::faults
