#pragma once

#include <cstddef>
#include <limits>
#include <memory>
#include <utility>

namespace sfteams::connector {

/// How many bytes may wait in the relays of one agent, and of all of them: credit bounds one
/// stream, this bounds thousands of stuck ones. Shared by the relays it bounds, because those of a
/// client outlive the agent's link.
class BufferBudget {
 public:
  explicit BufferBudget(std::size_t limit, std::shared_ptr<BufferBudget> whole = nullptr)
      : limit_(limit), whole_(std::move(whole)) {}

  /// For what counts in two places: with an agent, and on the link to another node.
  [[nodiscard]] static std::shared_ptr<BufferBudget> both(std::shared_ptr<BufferBudget> one,
                                                          std::shared_ptr<BufferBudget> other) {
    auto budget =
        std::make_shared<BufferBudget>(std::numeric_limits<std::size_t>::max(), std::move(one));
    budget->also_ = std::move(other);
    return budget;
  }

  /// False, and nothing is taken, when here or in the whole too little is left.
  [[nodiscard]] bool take(std::size_t bytes) {
    if (bytes > limit_ - used_ || (whole_ && !whole_->take(bytes))) return false;
    if (also_ && !also_->take(bytes)) {
      whole_->give_back(bytes);
      return false;
    }
    used_ += bytes;
    return true;
  }

  void give_back(std::size_t bytes) {
    used_ -= bytes;
    if (whole_) whole_->give_back(bytes);
    if (also_) also_->give_back(bytes);
  }

  [[nodiscard]] std::size_t used() const { return used_; }

 private:
  std::size_t limit_;
  std::size_t used_ = 0;
  std::shared_ptr<BufferBudget> whole_;
  std::shared_ptr<BufferBudget> also_;
};

}  // namespace sfteams::connector
