#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "transport/http_client.h"
#include "transport/scheduler.h"

namespace sfteams::simulator::test {

/// Time that moves only when the test says so.
class FakeScheduler final : public transport::Scheduler {
 public:
  [[nodiscard]] transport::TimePoint now() const override { return now_; }
  [[nodiscard]] std::unique_ptr<transport::Timer> after(transport::Duration delay,
                                                        std::function<void()> callback) override;
  /// Runs everything that is due until then, in order.
  void advance(transport::Duration by);
  [[nodiscard]] bool idle() const { return calls_->empty(); }

 private:
  using Key = std::pair<transport::TimePoint, std::uint64_t>;
  using Calls = std::map<Key, std::function<void()>>;
  struct FakeTimer;

  transport::TimePoint now_{std::chrono::hours(1)};
  std::uint64_t next_ = 0;
  std::shared_ptr<Calls> calls_ = std::make_shared<Calls>();
};

/// Clients' callbacks: keeps what is sent and answers each with `status`, or not at all (status 0)
/// until the test does.
class FakeHttp final : public transport::HttpClient {
 public:
  struct Sent {
    std::string url;
    std::string body;
  };

  explicit FakeHttp(transport::Scheduler& scheduler) : scheduler_(scheduler) {}

  [[nodiscard]] std::unique_ptr<transport::HttpPending> send(
      transport::HttpCall call,
      std::function<void(Result<transport::HttpReply>)> callback) override;

  /// Answers the oldest request that waits; a status of 0 is a connection refused.
  void answer_oldest(int status);
  [[nodiscard]] std::size_t waiting() const { return waiting_->size(); }

  int status = 200;       ///< of the answers that come by themselves
  bool by_itself = true;  ///< in the next turn
  std::vector<Sent> sent;

 private:
  using Callback = std::function<void(Result<transport::HttpReply>)>;
  struct Pending;
  struct Waiting {
    std::uint64_t id = 0;
    Callback callback;
  };

  transport::Scheduler& scheduler_;
  std::uint64_t last_ = 0;
  std::shared_ptr<std::vector<Waiting>> waiting_ = std::make_shared<std::vector<Waiting>>();
  std::vector<std::unique_ptr<transport::Timer>> timers_;
};

}  // namespace sfteams::simulator::test
