#include "simulator/blacklist.h"

#include <algorithm>

namespace sfteams::simulator {
namespace {

/// Loopback has 16 million addresses; nobody needs to be remembered for each.
constexpr std::size_t kMostAddresses = 10'000;

}  // namespace

bool Blacklist::ignores(std::string_view address, transport::TimePoint now) const {
  const auto found = addresses_.find(address);
  return found != addresses_.end() && now < found->second.ignored_until;
}

void Blacklist::failed(std::string_view address, transport::TimePoint now) {
  if (options_.blacklist_after == 0) return;
  Address& one = entry(address, now);
  if (now < one.spared_until) return;
  one.failures.push_back(now);
  const auto counts = [&](transport::TimePoint moment) {
    return options_.blacklist_window == options_.blacklist_window.zero() ||
           now - moment < options_.blacklist_window;
  };
  while (!counts(one.failures.front()))
    one.failures.pop_front();
  most_ = std::max(most_, one.failures.size());
  if (one.failures.size() < static_cast<std::size_t>(options_.blacklist_after)) return;
  one.failures.clear();
  one.ignored_until = now + options_.blacklist_time;
}

void Blacklist::succeeded(std::string_view address, transport::TimePoint now) {
  if (!options_.success_whitelists) return;
  Address& one = entry(address, now);
  one.failures.clear();
  one.spared_until = now + options_.whitelist_time;
}

std::vector<std::string> Blacklist::ignored(transport::TimePoint now) const {
  std::vector<std::string> found;
  for (const auto& [address, state] : addresses_) {
    if (now < state.ignored_until) found.push_back(address);
  }
  return found;
}

Blacklist::Address& Blacklist::entry(std::string_view address, transport::TimePoint now) {
  const auto found = addresses_.find(address);
  if (found != addresses_.end()) return found->second;
  if (addresses_.size() >= kMostAddresses) {
    std::erase_if(addresses_, [&](const auto& one) { return now >= one.second.ignored_until; });
  }
  return addresses_[std::string(address)];
}

}  // namespace sfteams::simulator
