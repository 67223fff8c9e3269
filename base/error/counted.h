#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sfteams {

/// "1 session", "2 sessions", "0 sessions": for every number in a message that can be one. `many`
/// is for words that take more than an s.
[[nodiscard]] inline std::string counted(std::uint64_t number, std::string_view one,
                                         std::string_view many = {}) {
  std::string text = std::to_string(number) + " ";
  if (number == 1) return text.append(one);
  return many.empty() ? text.append(one).append("s") : text.append(many);
}

}  // namespace sfteams
