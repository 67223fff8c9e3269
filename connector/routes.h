#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace sfteams::connector {

class AgentLink;

/// Which agent answers for a name right now.
class Routes {
 public:
  /// nullptr: its agent is not connected.
  [[nodiscard]] AgentLink* find(std::string_view name) const {
    const auto found = links_.find(name);
    return found == links_.end() ? nullptr : found->second;
  }

  /// The link that answered for the name before; nullptr when there was none.
  AgentLink* put(const std::string& name, AgentLink& link) {
    return std::exchange(links_[name], &link);
  }

  /// Does nothing when another link has taken over the name.
  void remove(const std::string& name, const AgentLink& link) {
    const auto found = links_.find(name);
    if (found != links_.end() && found->second == &link) links_.erase(found);
  }

  [[nodiscard]] std::size_t size() const { return links_.size(); }
  [[nodiscard]] auto begin() const { return links_.begin(); }
  [[nodiscard]] auto end() const { return links_.end(); }

 private:
  struct Hash {
    using is_transparent = void;
    [[nodiscard]] std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  std::unordered_map<std::string, AgentLink*, Hash, std::equal_to<>> links_;
};

}  // namespace sfteams::connector
