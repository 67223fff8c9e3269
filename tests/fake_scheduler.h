#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "transport/scheduler.h"

namespace sfteams::test {

/// Time that moves only when the test says so.
class FakeScheduler final : public transport::Scheduler {
 public:
  [[nodiscard]] transport::TimePoint now() const override { return now_; }

  [[nodiscard]] std::unique_ptr<transport::Timer> after(transport::Duration delay,
                                                        std::function<void()> callback) override {
    const Key key{now_ + delay, ++next_};
    calls_->emplace(key, std::move(callback));
    return std::make_unique<FakeTimer>(calls_, key);
  }

  /// Runs everything that is due until then, in order.
  void advance(transport::Duration by) {
    const auto until = now_ + by;
    while (!calls_->empty() && calls_->begin()->first.first <= until) {
      now_ = std::max(now_, calls_->begin()->first.first);
      const auto callback = std::move(calls_->begin()->second);
      calls_->erase(calls_->begin());
      callback();
    }
    now_ = until;
  }

  /// One turn of the loop.
  void turn() { advance(transport::Duration(0)); }
  /// Nothing is going to happen any more.
  [[nodiscard]] bool idle() const { return calls_->empty(); }

 private:
  using Key = std::pair<transport::TimePoint, std::uint64_t>;
  using Calls = std::map<Key, std::function<void()>>;
  struct FakeTimer final : transport::Timer {
    FakeTimer(std::shared_ptr<Calls> the_calls, const Key& the_key)
        : calls(std::move(the_calls)), key(the_key) {}
    ~FakeTimer() override { calls->erase(key); }
    FakeTimer(const FakeTimer&) = delete;
    FakeTimer& operator=(const FakeTimer&) = delete;
    std::shared_ptr<Calls> calls;
    Key key;
  };

  transport::TimePoint now_{std::chrono::hours(1)};
  std::uint64_t next_ = 0;
  std::shared_ptr<Calls> calls_ = std::make_shared<Calls>();
};

}  // namespace sfteams::test
