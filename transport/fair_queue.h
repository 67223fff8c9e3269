#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <utility>

namespace sfteams::transport {

/// Who waits, by sender: senders take turns, and each one's own come in their order.
template <typename T>
class FairQueue {
 public:
  void push(const std::string& sender, T item) {
    std::deque<T>& own = waiting_[sender];
    own.push_back(std::move(item));
    if (own.size() == 1) turns_.push_back(sender);
    ++size_;
  }

  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t size() const { return size_; }

  /// Not from an empty one.
  [[nodiscard]] T pop() {
    std::string sender = std::move(turns_.front());
    turns_.pop_front();
    const auto own = waiting_.find(sender);
    T item = std::move(own->second.front());
    own->second.pop_front();
    --size_;
    if (own->second.empty()) {
      waiting_.erase(own);
    } else {
      turns_.push_back(std::move(sender));
    }
    return item;
  }

  /// All, in no particular order.
  template <typename F>
  void each(F visit) const {
    for (const auto& [sender, own] : waiting_) {
      for (const T& item : own)
        visit(item);
    }
  }

 private:
  std::map<std::string, std::deque<T>> waiting_;  ///< none of them is empty
  std::deque<std::string> turns_;                 ///< each that waits, once
  std::size_t size_ = 0;
};

}  // namespace sfteams::transport
