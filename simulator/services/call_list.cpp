// The lists of past calls.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <vector>

#include <fmt/format.h>

#include "simulator/services/table.h"

namespace sfteams::simulator {
namespace {

std::string_view direction(const CallListEntry& entry) {
  return entry.inbound ? "INBOUND" : "OUTBOUND";
}

std::string_view result(const CallListEntry& entry) {
  return entry.answered ? "ANSWERED" : "MISSED";
}

struct Query {
  std::optional<WallTime> before;
  std::optional<WallTime> after;
  std::string direction;
  std::string result;
  std::string group;

  [[nodiscard]] bool takes(const CallListEntry& entry) const {
    if (before && entry.start >= *before) return false;
    if (after && entry.start <= *after) return false;
    if (!direction.empty() && direction != simulator::direction(entry)) return false;
    if (!result.empty() && result != simulator::result(entry)) return false;
    if (group == kNonGroup) return entry.group_id.empty();
    return group.empty() || group == entry.group_id;
  }
};

using Less = bool (*)(const CallListEntry&, const CallListEntry&);

template <auto Member>
bool less(const CallListEntry& a, const CallListEntry& b) {
  return a.*Member < b.*Member;
}

/// nullptr: no such property.
Less order_by(std::string_view property) {
  if (property.empty() || property == "startTime") return less<&CallListEntry::start>;
  if (property == "duration") return less<&CallListEntry::duration>;
  if (property == "callerNumber") return less<&CallListEntry::caller_number>;
  if (property == "calledNumber") return less<&CallListEntry::called_number>;
  if (property == "callDescription") return less<&CallListEntry::description>;
  if (property == "direction") return less<&CallListEntry::inbound>;
  if (property == "result") return less<&CallListEntry::answered>;
  return nullptr;
}

uci::Value call_to_value(const CallListEntry& entry, const Wire& wire) {
  return uci::Struct{
      {"id", entry.id},
      {"direction", direction(entry)},
      {"result", result(entry)},
      {"callerNumber", wire.text(entry.caller_number)},
      {"calledNumber", wire.text(entry.called_number)},
      {"callDescription", wire.text(entry.description)},
      {"startTime", wire.date(entry.start)},
      {"duration", entry.duration.count()},
      {"groupId", wire.text(entry.group_id)},
      {"calledBack", entry.called_back},
  };
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

/// Newest first unless ASCENDING is asked for; those that are equal stay newest first.
void sort(std::vector<const CallListEntry*>& found, Less less, bool ascending) {
  std::stable_sort(found.begin(), found.end(), [&](const auto* a, const auto* b) {
    return ascending ? less(*a, *b) : less(*b, *a);
  });
}

/// What a user's list has behind the calls that there were: one each 20 minutes, back from the
/// midnight before `now`, the first the newest. The same for a whole day, so that pages fit together.
std::vector<CallListEntry> past_calls(const Options& options, WallTime now) {
  const WallTime midnight = std::chrono::floor<std::chrono::days>(now);
  std::vector<CallListEntry> calls(static_cast<std::size_t>(options.past_calls));
  std::int64_t number = 0;
  for (CallListEntry& call : calls) {
    call.id = fmt::format("past-{}", ++number);
    call.inbound = number % 2 == 0;
    call.answered = number % 3 == 0;
    call.caller_number = fmt::format("0721{:08}", number);
    call.called_number = "0011";
    call.description = fmt::format("Made-up caller {} of the stand-in PBX", number);
    call.start = midnight - std::chrono::minutes(20 * number);
    call.duration = std::chrono::seconds(number % 600);
  }
  return calls;
}

Answer get_call_list(const Asking& asking) {
  Params params(asking, 9);
  const Query query{params.date(0), params.date(1), params.text(2), params.text(3), params.text(4)};
  const Less less = order_by(params.text(5));
  const std::string order = params.text(6);
  const std::int64_t offset = params.number(7);
  const std::int64_t limit = params.number(8);
  if (const auto problem = params.problem()) return *problem;
  const bool understood = less != nullptr && is_one_of(order, {"", "ASCENDING", "DESCENDING"}) &&
                          is_one_of(query.direction, {"", "INBOUND", "OUTBOUND"}) &&
                          is_one_of(query.result, {"", "MISSED", "ANSWERED"}) && offset >= 0 &&
                          limit >= 0;
  if (!understood) {
    return fault(asking.exchange.options, "UciException", "a restriction or order is unknown");
  }
  std::vector<const CallListEntry*> found;
  for (const CallListEntry& entry : asking.own().calls) {
    if (query.takes(entry)) found.push_back(&entry);
  }
  const std::vector<CallListEntry> past =
      past_calls(asking.exchange.options, asking.exchange.wall());
  for (const CallListEntry& entry : past) {
    if (query.takes(entry)) found.push_back(&entry);
  }
  sort(found, less, order == "ASCENDING");

  uci::Array entries;
  const Wire wire = asking.wire();
  for (auto at = static_cast<std::size_t>(offset); at < found.size(); ++at) {
    if (static_cast<std::int64_t>(entries.size()) >= limit) break;
    entries.push_back(call_to_value(*found[at], wire));
  }
  return uci::Value(uci::Struct{{"entries", std::move(entries)}, {"totalCount", found.size()}});
}

Answer delete_calls(const Asking& asking, const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    std::erase_if(asking.own().calls, [&](const CallListEntry& entry) { return entry.id == id; });
  }
  return asking.wire().nothing();
}

Answer delete_one_call(const Asking& asking) {
  return with_one_id(asking, delete_calls);
}

Answer delete_many_calls(const Asking& asking) {
  return with_many_ids(asking, delete_calls);
}

/// Calls back whoever was at the other end.
Answer call_back(const Asking& asking) {
  Params params(asking, 3);
  const std::string entry_id = params.text(0);
  const std::string phone = params.text(1);
  const std::string call_id = params.text(2);
  if (const auto problem = params.problem()) return *problem;
  if (!asking.user.may_place_calls) return illegal_access(asking.exchange.options);
  auto& calls = asking.own().calls;
  const auto entry = std::find_if(calls.begin(), calls.end(),
                                  [&](const CallListEntry& one) { return one.id == entry_id; });
  if (entry == calls.end()) return uci::Value("");
  const std::string number = entry->inbound ? entry->caller_number : entry->called_number;
  const auto placed = asking.exchange.switchboard.place(asking.user, number, phone, call_id);
  if (placed) entry->called_back = true;
  return uci::Value(placed.value_or(std::string()));
}

constexpr std::array kCallListMethods{
    Method{"callList", "getCallList", kV22Up, true, get_call_list},
    Method{"callList", "deleteCallListEntry", kV22Up, true, delete_one_call},
    Method{"callList", "deleteCallListEntries", kV22Up, true, delete_many_calls},
    Method{"callList", "placeCallbackCallWithPhone", kV22Up, true, call_back},
};

}  // namespace

std::span<const Method> call_list_methods() {
  return kCallListMethods;
}

}  // namespace sfteams::simulator
