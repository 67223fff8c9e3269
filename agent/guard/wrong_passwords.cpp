#include "agent/guard/wrong_passwords.h"

#include <algorithm>

namespace sfteams::agent {

void WrongPasswords::remember(const Fingerprint& fingerprint, TimePoint now,
                              Duration first_memory) {
  drop_old(now);
  Wrong& wrong = wrong_[fingerprint];
  wrong.memory = wrong.memory == Duration(0) ? first_memory
                                             : std::min(wrong.memory * 2, limits_.longest_memory);
  wrong.until = now + wrong.memory;
  wrong.forget = now + wrong.memory * 2;
  if (wrong_.size() <= limits_.remembered) return;
  const auto first =
      std::ranges::min_element(wrong_, {}, [](const auto& entry) { return entry.second.until; });
  wrong_.erase(first);
}

std::optional<transport::Clock::duration> WrongPasswords::refused_for(
    const Fingerprint& fingerprint, TimePoint now) {
  drop_old(now);
  const auto known = wrong_.find(fingerprint);
  if (known == wrong_.end() || now >= known->second.until) return std::nullopt;
  return known->second.until - now;
}

void WrongPasswords::drop_old(TimePoint now) {
  std::erase_if(wrong_, [now](const auto& entry) { return now >= entry.second.forget; });
}

}  // namespace sfteams::agent
