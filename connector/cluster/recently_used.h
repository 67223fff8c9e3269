#pragma once

#include <cstddef>
#include <list>
#include <unordered_map>
#include <utility>

namespace sfteams::connector {

/// A map of bounded size: when it is full, the entry that was used least recently goes. Pointers to
/// values are valid until the next put() or remove().
template <typename Key, typename Value, typename Hash = std::hash<Key>>
class RecentlyUsed {
 public:
  /// `most`: entries, at least 1.
  explicit RecentlyUsed(std::size_t most) : most_(most) {}

  /// The entry, which counts as used now; nullptr: there is none.
  [[nodiscard]] Value* use(const Key& key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return &found->second->second;
  }
  /// The entry without using it.
  [[nodiscard]] const Value* look(const Key& key) const {
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? nullptr : &found->second->second;
  }
  /// Replaces the entry or adds one.
  Value& put(const Key& key, Value value) {
    if (Value* const known = use(key)) return *known = std::move(value);
    if (entries_.size() >= most_) {
      by_key_.erase(entries_.back().first);
      entries_.pop_back();
    }
    entries_.emplace_front(key, std::move(value));
    by_key_.emplace(key, entries_.begin());
    return entries_.front().second;
  }
  void remove(const Key& key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return;
    entries_.erase(found->second);
    by_key_.erase(found);
  }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  using Entries = std::list<std::pair<Key, Value>>;
  std::size_t most_;
  Entries entries_;  ///< the most recently used first
  std::unordered_map<Key, typename Entries::iterator, Hash> by_key_;
};

}  // namespace sfteams::connector
