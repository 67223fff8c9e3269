#pragma once

#include <string>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

namespace sfteams::faults {

/// Which password of each user is right at the PBX just now.
class Passwords {
 public:
  struct Right {
    std::string text;
    unsigned generation = 0;  ///< changes with it
  };

  /// Everybody begins with `first`.
  explicit Passwords(std::string first) : first_(std::move(first)) {}

  [[nodiscard]] Right of(const std::string& user) const {
    const auto found = generations_.find(user);
    if (found == generations_.end()) return {first_, 0};
    return {fmt::format("{}-{}", first_, found->second), found->second};
  }
  /// The new one.
  Right change(const std::string& user) {
    ++generations_[user];
    return of(user);
  }

 private:
  std::string first_;
  std::unordered_map<std::string, unsigned> generations_;
};

}  // namespace sfteams::faults
