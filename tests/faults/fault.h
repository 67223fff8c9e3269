#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "transport/scheduler.h"

namespace sfteams::faults {

/// The same seed gives the same.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}
  [[nodiscard]] int between(int least, int most) {
    return std::uniform_int_distribution<int>(least, most)(random_);
  }
  template <typename T>
  void shuffle(std::vector<T>& all) {
    for (std::size_t i = all.size(); i > 1; --i)
      std::swap(all[i - 1], all[static_cast<std::size_t>(between(0, static_cast<int>(i) - 1))]);
  }

 private:
  std::mt19937_64 random_;
};

/// Draws one thing after the other: each has had its turn before one comes again.
template <typename T>
class Deck {
 public:
  /// At least one card; `dice` outlives this.
  Deck(std::vector<T> cards, Dice& dice) : cards_(std::move(cards)), dice_(dice) {}
  [[nodiscard]] const T& draw() {
    if (next_ == 0) dice_.shuffle(cards_);
    const T& card = cards_.at(next_);
    next_ = (next_ + 1) % cards_.size();
    return card;
  }

 private:
  std::vector<T> cards_;
  Dice& dice_;
  std::size_t next_ = 0;
};

/// What has begun, and how it is undone after a while.
struct Effect {
  transport::Duration time{0};
  std::function<void()> undo = [] {};
  std::string kind{};  ///< "page": what of several it was
};

struct Fault {
  std::string name;
  int weight = 1;  ///< so many cards of the deck
  std::function<Effect()> begin;
};

}  // namespace sfteams::faults
