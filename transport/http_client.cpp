#include "transport/http_client.h"

#include <algorithm>
#include <deque>
#include <map>
#include <new>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include "transport/codes.h"
#include "transport/curl_multi.h"
#include "transport/http_transfer.h"

namespace sfteams::transport {
namespace {

using Callback = std::function<void(Result<HttpReply>)>;

/// One call from send() to its end. Cancelled ones may still lie in a queue.
struct Call : std::enable_shared_from_this<Call> {
  HttpCall what;
  HttpTarget target;
  Callback callback;  ///< empty: over
  std::unique_ptr<Timer> deadline;
  std::unique_ptr<HttpTransfer> transfer;  ///< while it runs
};

/// How many calls run towards one host, and who waits.
struct Host {
  std::size_t running = 0;
  std::deque<std::shared_ptr<Call>> waiting;
};

/// Held by the client and, for as long as a callback runs, by the turn of the loop: a callback may
/// destroy the client.
class State : public std::enable_shared_from_this<State> {
 public:
  State(Loop& loop, std::size_t max_running) : loop_(loop), max_running_(max_running) {}

  [[nodiscard]] Result<void> open();
  void close();
  void start(const std::shared_ptr<Call>& call);
  void cancel(Call& call);
  void refuse(const std::shared_ptr<Call>& call, Error error);
  void out_of_time(const std::shared_ptr<Call>& call);

 private:
  void launch(const std::shared_ptr<Call>& call);
  void finish(CURL* easy, CURLcode code);
  /// Takes the running call off libcurl and lets the next one run.
  void release(Call& call);
  void start_waiting(const std::string& origin);
  [[nodiscard]] std::unique_ptr<HttpTransfer> take_transfer();

  Loop& loop_;
  std::size_t max_running_;
  std::shared_ptr<CurlMulti> multi_;
  std::map<std::string, Host> hosts_;
  std::unordered_map<CURL*, std::shared_ptr<Call>> running_;
  std::vector<std::unique_ptr<HttpTransfer>> idle_;
};

class Pending final : public HttpPending {
 public:
  Pending(std::weak_ptr<State> state, std::shared_ptr<Call> call)
      : state_(std::move(state)), call_(std::move(call)) {}
  ~Pending() override {
    if (const auto state = state_.lock()) state->cancel(*call_);
  }
  Pending(const Pending&) = delete;
  Pending& operator=(const Pending&) = delete;

 private:
  std::weak_ptr<State> state_;
  std::shared_ptr<Call> call_;
};

Result<void> State::open() {
  constexpr long kIdlePerRunning = 2;
  const long max_idle = static_cast<long>(max_running_) * kIdlePerRunning;
  auto multi =
      CurlMulti::create(loop_, max_idle, [this](CURL* easy, CURLcode code) { finish(easy, code); });
  if (!multi) return fail(multi.error());
  multi_ = std::move(*multi);
  return {};
}

void State::close() {
  const auto running = std::exchange(running_, {});
  const auto hosts = std::exchange(hosts_, {});
  // What the callbacks hold may own further calls; it goes last, and those find nothing left to
  // cancel.
  std::vector<Callback> dropped;
  const auto end = [&dropped](Call& call) {
    dropped.push_back(std::exchange(call.callback, nullptr));
    call.deadline.reset();
  };
  for (const auto& [origin, host] : hosts) {
    for (const auto& call : host.waiting)
      end(*call);
  }
  for (const auto& [easy, call] : running) {
    end(*call);
    multi_->remove(easy);
    call->transfer.reset();
  }
  idle_.clear();
  multi_->close();
}

void State::start(const std::shared_ptr<Call>& call) {
  Host& host = hosts_[call->target.origin];
  if (host.running < max_running_) {
    ++host.running;
    launch(call);
  } else {
    host.waiting.push_back(call);
  }
}

std::unique_ptr<HttpTransfer> State::take_transfer() {
  if (!idle_.empty()) {
    auto transfer = std::move(idle_.back());
    idle_.pop_back();
    return transfer;
  }
  auto transfer = HttpTransfer::create();
  multi_->prepare(transfer->easy());
  return transfer;
}

void State::launch(const std::shared_ptr<Call>& call) {
  call->transfer = take_transfer();
  call->transfer->begin(call->what, call->target);
  CURL* easy = call->transfer->easy();
  if (!multi_->add(easy)) throw std::bad_alloc();
  running_.emplace(easy, call);
}

void State::release(Call& call) {
  CURL* easy = call.transfer->easy();
  multi_->remove(easy);
  running_.erase(easy);
  call.deadline.reset();
  idle_.push_back(std::move(call.transfer));
  --hosts_[call.target.origin].running;
  start_waiting(call.target.origin);
}

void State::start_waiting(const std::string& origin) {
  const auto found = hosts_.find(origin);
  Host& host = found->second;
  while (host.running < max_running_ && !host.waiting.empty()) {
    const auto next = std::move(host.waiting.front());
    host.waiting.pop_front();
    if (!next->callback) continue;  // cancelled
    ++host.running;
    launch(next);
  }
  if (host.running == 0) hosts_.erase(found);
}

void State::finish(CURL* easy, CURLcode code) {
  const auto alive = shared_from_this();
  const auto call = running_.at(easy);
  const Callback callback = std::exchange(call->callback, nullptr);
  auto outcome = call->transfer->end(code, call->target);
  release(*call);
  callback(std::move(outcome));
}

void State::cancel(Call& call) {
  const Callback dropped = std::exchange(call.callback, nullptr);
  if (!dropped) return;
  call.deadline.reset();
  if (call.transfer == nullptr) return;
  call.transfer->drop();
  release(call);
}

void State::refuse(const std::shared_ptr<Call>& call, Error error) {
  loop_.post([call, error = std::move(error), state = weak_from_this()]() mutable {
    if (state.expired()) return;
    const Callback callback = std::exchange(call->callback, nullptr);
    if (callback) callback(fail(std::move(error)));
  });
}

void State::out_of_time(const std::shared_ptr<Call>& call) {
  const auto alive = shared_from_this();
  const Callback callback = std::exchange(call->callback, nullptr);
  if (!callback) return;
  call->deadline.reset();
  const Error error{codes::kTimeout,
                    call->target.origin + " did not answer within " +
                        std::to_string(call->what.timeout.count()) + " ms",
                    "check that server's load and its log, then try again"};
  if (call->transfer != nullptr) {
    call->transfer->drop();
    release(*call);
  }
  callback(fail(error));
}

/// What only a programmer can have got wrong.
void check(const HttpCall& call) {
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto printable = [](char c) { return c >= ' ' && c < '\x7f'; };
  if (call.method.empty() || !std::all_of(call.method.begin(), call.method.end(), upper)) {
    throw std::invalid_argument("an HTTP method is one or more capital letters");
  }
  if (!std::all_of(call.content_type.begin(), call.content_type.end(), printable)) {
    throw std::invalid_argument("a content type is printable ASCII");
  }
}

class CurlClient final : public HttpClient {
 public:
  CurlClient(Loop& loop, std::shared_ptr<State> state) : loop_(loop), state_(std::move(state)) {}
  ~CurlClient() override { state_->close(); }
  CurlClient(const CurlClient&) = delete;
  CurlClient& operator=(const CurlClient&) = delete;

  std::unique_ptr<HttpPending> send(HttpCall what, Callback callback) override {
    check(what);
    auto call = std::make_shared<Call>();
    call->what = std::move(what);
    call->callback = std::move(callback);
    auto pending = std::make_unique<Pending>(state_, call);
    auto target = read_target(call->what.url);
    if (!target) {
      state_->refuse(call, std::move(target.error()));
      return pending;
    }
    call->target = std::move(*target);
    call->deadline = loop_.after(call->what.timeout, [state = state_.get(), raw = call.get()] {
      state->out_of_time(raw->shared_from_this());
    });
    state_->start(call);
    return pending;
  }

 private:
  Loop& loop_;
  std::shared_ptr<State> state_;
};

}  // namespace

Result<std::unique_ptr<HttpClient>> HttpClient::create(Network& network,
                                                       std::size_t max_connections_per_host) {
  if (max_connections_per_host == 0) throw std::invalid_argument("no connection allowed at all");
  auto state = std::make_shared<State>(network.loop(), max_connections_per_host);
  if (auto opened = state->open(); !opened) return fail(opened.error());
  return std::make_unique<CurlClient>(network.loop(), std::move(state));
}

}  // namespace sfteams::transport
