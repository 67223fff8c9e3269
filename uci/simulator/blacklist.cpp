#include "uci/simulator/blacklist.h"

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
  if (++one.failures < options_.blacklist_after) return;
  one.failures = 0;
  one.ignored_until = now + options_.blacklist_time;
}

void Blacklist::succeeded(std::string_view address, transport::TimePoint now) {
  if (!options_.success_whitelists) return;
  Address& one = entry(address, now);
  one.failures = 0;
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
