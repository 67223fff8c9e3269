#include "base/metrics/tally.h"

namespace sfteams::metrics {

Tally::Tally(std::initializer_list<std::string_view> expected) {
  for (const std::string_view kind : expected)
    counts_.emplace(kind, 0);
}

void Tally::add(std::string_view kind) {
  const auto found = counts_.find(kind);
  if (found != counts_.end()) {
    ++found->second;
  } else {
    ++counts_[counts_.size() < kMost ? std::string(kind) : "other"];
  }
}

std::uint64_t Tally::of(std::string_view kind) const {
  const auto found = counts_.find(kind);
  return found == counts_.end() ? 0 : found->second;
}

}  // namespace sfteams::metrics
