#include "base/metrics/histogram.h"

#include <cmath>
#include <limits>
#include <stdexcept>

#include <catch2/catch.hpp>

namespace sfteams::metrics {
namespace {

TEST_CASE("a value belongs to the first bound that is not below it") {
  Histogram histogram({1, 2, 4});
  for (const double value : {-1.0, 1.0, 1.5, 2.0, 4.0, 4.5})
    histogram.observe(value);
  CHECK(histogram.up_to_bounds() == std::vector<std::uint64_t>{2, 4, 5});
  CHECK(histogram.count() == 6);
  CHECK(histogram.sum() == Approx(12));
}

TEST_CASE("what is no number is left out") {
  Histogram histogram({1});
  histogram.observe(std::nan(""));
  CHECK(histogram.count() == 0);
  CHECK(histogram.sum() == 0);
}

TEST_CASE("bounds that do not rise are a mistake") {
  for (const auto& bounds : {std::vector<double>{1, 1}, std::vector<double>{2, 1},
                             std::vector<double>{1, std::numeric_limits<double>::infinity()}})
    CHECK_THROWS_AS(Histogram(bounds), std::logic_error);
}

}  // namespace
}  // namespace sfteams::metrics
