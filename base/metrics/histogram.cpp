#include "base/metrics/histogram.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace sfteams::metrics {

Histogram::Histogram(std::vector<double> bounds)
    : bounds_(std::move(bounds)), seen_(bounds_.size()) {
  const bool finite =
      std::ranges::all_of(bounds_, [](double bound) { return std::isfinite(bound); });
  const bool rising = std::ranges::adjacent_find(bounds_, std::greater_equal<>()) == bounds_.end();
  if (!finite || !rising) throw std::logic_error("bounds of a histogram have to rise");
}

void Histogram::observe(double value) {
  if (std::isnan(value)) return;
  ++count_;
  sum_ += value;
  const auto bound = std::ranges::lower_bound(bounds_, value);
  if (bound != bounds_.end()) ++seen_[static_cast<std::size_t>(bound - bounds_.begin())];
}

std::vector<std::uint64_t> Histogram::up_to_bounds() const {
  std::vector<std::uint64_t> sums(seen_.size());
  std::partial_sum(seen_.begin(), seen_.end(), sums.begin());
  return sums;
}

}  // namespace sfteams::metrics
