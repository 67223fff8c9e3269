#include "tests/faults/books.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ranges>
#include <string_view>

#include <fmt/format.h>

namespace sfteams::faults {
namespace {

/// The text between the first `open` and what follows it; empty when it is not there.
std::string between(std::string_view text, std::string_view open, char close) {
  const std::size_t begin = text.find(open);
  if (begin == std::string_view::npos) return {};
  const std::size_t start = begin + open.size();
  return std::string(text.substr(start, text.find(close, start) - start));
}

}  // namespace

void Books::take_journal(const Json::Value& entries, const std::string& method) {
  for (const Json::Value& entry : entries) {
    const std::string kind = entry["kind"].asString();
    const std::string params = entry["params"].asString();
    const std::string outcome = entry["outcome"].asString();
    if (kind == "request" && entry["method"] == method && outcome == "ok") {
      ++executions_["t" + between(params, "token-", '!')];
    } else if (kind == "event") {
      const std::string number = between(params, "event-", '!');
      std::uint64_t value = 0;
      std::from_chars(number.data(), number.data() + number.size(), value);
      const bool delivered = outcome == "delivered";
      if (value > 0 && (delivered || entry["attempts"].asInt() > 0))
        sent_[entry["user"].asString()][value] |= delivered;
    }
  }
}

void Books::check_requests(std::vector<std::string>& broken) const {
  for (const auto& [token, fate] : fates_) {
    const auto found = executions_.find(token);
    const std::size_t times = found == executions_.end() ? 0 : found->second;
    if (times > 1) broken.push_back(fmt::format("request {} ran {} times", token, times));
    if (fate == Fate::answered && times == 0)
      broken.push_back(fmt::format("request {} was answered and never ran", token));
    if (fate == Fate::waiting) broken.push_back(fmt::format("request {} got no answer", token));
  }
}

/// What a session heard has to be, without a gap, a piece of what the PBX delivered for its user.
void Books::check_hearing(const Hearing& hearing, std::vector<std::string>& broken) const {
  static const Sent kNothing;
  const auto found = sent_.find(hearing.user);
  const Sent& sent = found == sent_.end() ? kNothing : found->second;
  if (hearing.events.empty()) return;
  const auto certain = [&](Sent::const_iterator from) {
    return std::find_if(from, sent.end(), [](const auto& entry) { return entry.second; });
  };
  auto at = sent.find(hearing.events.front());
  for (const std::uint64_t event : hearing.events) {
    while (at != sent.end() && !at->second && at->first != event)
      ++at;
    if (at != sent.end() && at->first == event) {
      ++at;
      continue;
    }
    broken.push_back(
        at == sent.end()
            ? fmt::format("{} heard event {}, and the PBX sent none there", hearing.user, event)
            : fmt::format("{} heard event {} where the PBX delivered {}", hearing.user, event,
                          at->first));
    return;
  }
  at = certain(at);
  if (hearing.to_the_end && at != sent.end())
    broken.push_back(fmt::format("{} did not hear event {}", hearing.user, at->first));
}

std::vector<std::string> Books::broken_promises() const {
  std::vector<std::string> broken = seen_;
  check_requests(broken);
  for (const Hearing& hearing : hearings_)
    check_hearing(hearing, broken);
  return broken;
}

std::string Books::tallies() const {
  std::array<std::size_t, 4> fates{};
  for (const auto& [token, fate] : fates_)
    ++fates.at(static_cast<std::size_t>(fate));
  std::size_t executed = 0;
  for (const auto& [token, times] : executions_)
    executed += times;
  std::size_t delivered = 0;
  for (const auto& [user, events] : sent_) {
    delivered += static_cast<std::size_t>(
        std::ranges::count_if(events, [](const auto& event) { return event.second; }));
  }
  std::size_t heard = 0;
  std::size_t to_the_end = 0;
  for (const Hearing& hearing : hearings_) {
    heard += hearing.events.size();
    to_the_end += hearing.to_the_end ? 1 : 0;
  }
  return fmt::format(
      "requests: {} asked, {} answered, {} failed, {} of sessions that were lost, {} without an "
      "answer;\n"
      "          {} carried out by the PBX\n"
      "events:   {} delivered by the PBX, {} heard by all sessions together\n"
      "sessions: {}, of which {} were there at the end",
      fates_.size(), fates[1], fates[2], fates[3], fates[0], executed, delivered, heard,
      hearings_.size(), to_the_end);
}

}  // namespace sfteams::faults
