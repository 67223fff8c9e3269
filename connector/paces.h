#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <unordered_map>
#include <utility>

#include "connector/pace.h"

namespace sfteams::connector {

/// A Pace for each sender, name or the like. At most `capacity` are remembered; the one that has
/// not come for longest goes first, and begins afresh.
template <typename Who, typename Hash = std::hash<Who>>
class Paces {
 public:
  Paces(unsigned burst, transport::Duration period, std::size_t capacity)
      : burst_(burst), period_(period), capacity_(capacity) {}

  /// False when it is too soon for another one of theirs.
  [[nodiscard]] bool take(const Who& who, transport::TimePoint now) {
    const auto known = places_.find(who);
    if (known != places_.end()) {
      paces_.splice(paces_.end(), paces_, known->second);
      return known->second->second.take(now);
    }
    if (paces_.size() >= capacity_) {
      places_.erase(paces_.front().first);
      paces_.pop_front();
    }
    paces_.emplace_back(who, Pace(burst_, period_, now));
    places_.emplace(who, std::prev(paces_.end()));
    return paces_.back().second.take(now);
  }

  [[nodiscard]] std::size_t size() const { return paces_.size(); }

 private:
  using List = std::list<std::pair<Who, Pace>>;

  unsigned burst_;
  transport::Duration period_;
  std::size_t capacity_;
  List paces_;  ///< the one that came last at the end
  std::unordered_map<Who, typename List::iterator, Hash> places_;
};

}  // namespace sfteams::connector
