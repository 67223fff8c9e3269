#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "connector/cluster/node_identity.h"
#include "connector/cluster/recently_used.h"

namespace sfteams::connector {

/// What this node heard of names that it does not hold: where they were, and their highest epochs.
/// Of kMost names, about 300 bytes each.
class KnownPlaces {
 public:
  static constexpr std::size_t kMost = 20'000;

  /// Where the name was last; nullopt: not known.
  [[nodiscard]] std::optional<Place> place(const std::string& name) {
    const Known* const known = names_.use(name);
    return known != nullptr ? known->place : std::nullopt;
  }
  /// 0: none was heard.
  [[nodiscard]] Epoch highest(const std::string& name) const {
    const Known* const known = names_.look(name);
    return known != nullptr ? known->highest : 0;
  }
  void set_place(const std::string& name, Place place) {
    const Epoch highest_now = std::max(highest(name), place.epoch);
    names_.put(name, {std::move(place), highest_now});
  }
  void note_epoch(const std::string& name, Epoch epoch) {
    if (Known* const known = names_.use(name)) {
      known->highest = std::max(known->highest, epoch);
    } else {
      names_.put(name, {std::nullopt, epoch});
    }
  }
  /// Its epoch stays.
  void forget_place(const std::string& name) {
    if (Known* const known = names_.use(name)) known->place.reset();
  }
  [[nodiscard]] std::size_t size() const { return names_.size(); }

 private:
  struct Known {
    std::optional<Place> place;
    Epoch highest = 0;
  };
  RecentlyUsed<std::string, Known> names_{kMost};
};

}  // namespace sfteams::connector
