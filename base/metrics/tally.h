#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

namespace sfteams::metrics {

/// Counts by kind: results, codes. For kinds of which there are few; whatever comes beyond kMost of
/// them is counted as "other", so that nobody outside can make more of them.
class Tally {
 public:
  static constexpr std::size_t kMost = 64;

  /// `expected` are there from the beginning, with 0: a rate can be told of them at once.
  Tally(std::initializer_list<std::string_view> expected);
  Tally() : Tally({}) {}

  void add(std::string_view kind);

  /// Sorted by kind.
  [[nodiscard]] const std::map<std::string, std::uint64_t, std::less<>>& counts() const {
    return counts_;
  }
  /// 0 for a kind that has not been counted.
  [[nodiscard]] std::uint64_t of(std::string_view kind) const;

 private:
  std::map<std::string, std::uint64_t, std::less<>> counts_;
};

}  // namespace sfteams::metrics
