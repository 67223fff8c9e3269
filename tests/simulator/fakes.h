#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/fake_scheduler.h"
#include "transport/http_client.h"

namespace sfteams::simulator::test {

using sfteams::test::FakeScheduler;

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
