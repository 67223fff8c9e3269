#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace sfteams::connector {

/// Which start of a node: drawn by random at each, so that what an earlier one said is not taken for
/// what this one says.
using BootId = std::array<std::uint8_t, 8>;

/// How a node shows itself to the others.
struct NodeIdentity {
  std::string id;  ///< as is_node_id()
  BootId boot{};
  std::string url;  ///< where the others reach it: "wss://10.0.0.1:8444"
};

/// 1 to 32 characters: a-z, 0-9 and '-'; no '-' at an end.
[[nodiscard]] constexpr bool is_node_id(std::string_view text) {
  constexpr std::size_t kMost = 32;
  if (text.empty() || text.size() > kMost || text.front() == '-' || text.back() == '-')
    return false;
  return text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

/// When an agent's link came about, in milliseconds since 1970 and always above every one that was
/// heard of for its name: the highest of two is the newest.
using Epoch = std::uint64_t;

/// The node that has the link of a name's agent.
struct Place {
  std::string node;
  BootId boot{};
  std::string url;
  Epoch epoch = 0;

  friend bool operator==(const Place&, const Place&) = default;
};

}  // namespace sfteams::connector
