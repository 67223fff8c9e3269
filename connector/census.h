#pragma once

#include <cstdint>
#include <optional>

#include "base/error/error.h"
#include "connector/registry/registry.h"

namespace sfteams::connector {

/// How many names of the registry are in which state, counted again only after something has
/// changed: monitoring asks every few seconds, and counting goes through all of them.
class Census {
 public:
  explicit Census(Registry& registry) : registry_(registry) {}

  /// Another process has written.
  void outdate() { known_.reset(); }

  [[nodiscard]] Result<NameStates> count() {
    if (known_ && pins_ == registry_.counts().pins) return *known_;
    Result<NameStates> counted = registry_.states();
    if (!counted) return counted;
    known_ = *counted;
    pins_ = registry_.counts().pins;
    return counted;
  }

 private:
  Registry& registry_;
  std::optional<NameStates> known_;
  std::uint64_t pins_ = 0;
};

}  // namespace sfteams::connector
