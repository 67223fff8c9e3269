#pragma once

#include <cstdint>
#include <vector>

namespace sfteams::metrics {

/// How often values up to each of some bounds were seen, how often any, and their sum.
class Histogram {
 public:
  /// `bounds`: finite, each larger than the one before; std::logic_error otherwise.
  explicit Histogram(std::vector<double> bounds);

  /// A value that is no number is left out.
  void observe(double value);

  [[nodiscard]] const std::vector<double>& bounds() const { return bounds_; }
  /// Of the values up to bounds()[i] (cumulative): as long as bounds().
  [[nodiscard]] std::vector<std::uint64_t> up_to_bounds() const;
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] double sum() const { return sum_; }

 private:
  std::vector<double> bounds_;
  std::vector<std::uint64_t> seen_;  ///< up to the bound, and beyond the one before it
  std::uint64_t count_ = 0;
  double sum_ = 0;
};

}  // namespace sfteams::metrics
