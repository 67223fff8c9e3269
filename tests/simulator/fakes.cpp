#include "tests/simulator/fakes.h"

#include "transport/codes.h"

namespace sfteams::simulator::test {

struct FakeHttp::Pending final : transport::HttpPending {
  Pending(std::shared_ptr<std::vector<Waiting>> all, std::uint64_t own)
      : waiting(std::move(all)), id(own) {}
  ~Pending() override {
    std::erase_if(*waiting, [this](const Waiting& one) { return one.id == id; });
  }
  Pending(const Pending&) = delete;
  Pending& operator=(const Pending&) = delete;

  std::shared_ptr<std::vector<Waiting>> waiting;
  std::uint64_t id;
};

std::unique_ptr<transport::HttpPending> FakeHttp::send(
    transport::HttpCall call, std::function<void(Result<transport::HttpReply>)> callback) {
  sent.push_back({std::string(call.url.text()), std::move(call.body)});
  waiting_->push_back({++last_, std::move(callback)});
  if (by_itself) {
    timers_.push_back(scheduler_.after(transport::Duration(0), [this] { answer_oldest(status); }));
  }
  return std::make_unique<Pending>(waiting_, last_);
}

void FakeHttp::answer_oldest(int with) {
  if (waiting_->empty()) return;
  const Callback callback = std::move(waiting_->front().callback);
  waiting_->erase(waiting_->begin());
  if (with == 0) {
    callback(fail(transport::codes::kConnectFailed, "nobody listens"));
  } else {
    callback(transport::HttpReply{with, "text/xml", ""});
  }
}

}  // namespace sfteams::simulator::test
