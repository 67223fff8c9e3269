#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "tests/faults/troubles.h"
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

/// Draws one thing after the other: each has had its turn before one comes again. `first`, when it
/// is not empty, has its turns before that.
template <typename T>
class Deck {
 public:
  /// At least one card; `dice` outlives this.
  Deck(std::vector<T> cards, Dice& dice, std::vector<T> first = {})
      : cards_(std::move(cards)), first_(std::move(first)), dice_(dice) {
    dice_.shuffle(first_);
  }
  [[nodiscard]] const T& draw() {
    if (first_drawn_ < first_.size()) return first_.at(first_drawn_++);
    if (next_ == 0) dice_.shuffle(cards_);
    const T& card = cards_.at(next_);
    next_ = (next_ + 1) % cards_.size();
    return card;
  }

 private:
  std::vector<T> cards_;
  std::vector<T> first_;
  Dice& dice_;
  std::size_t next_ = 0;
  std::size_t first_drawn_ = 0;
};

/// What has begun, and how it is undone after a while.
struct Effect {
  transport::Duration time{0};
  std::function<void()> undo = [] {};
  transport::Duration lingers{0};  ///< how long it is not over yet after it was undone
  std::string note{};              ///< "page": for the trace
};

struct Fault {
  std::string name;
  int weight = 1;  ///< so many cards of the deck
  std::function<Effect()> begin;
  Troubles troubles{};  ///< which it is while it lasts; none: it excuses nothing
};

}  // namespace sfteams::faults
