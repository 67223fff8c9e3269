#include "transport/http_client.h"

#include <algorithm>
#include <chrono>
#include <list>
#include <map>
#include <new>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include "base/text/ascii.h"
#include "transport/answer_budget.h"
#include "transport/codes.h"
#include "transport/curl_multi.h"
#include "transport/fair_queue.h"
#include "transport/http_token.h"
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
  std::unique_ptr<HttpTransfer> transfer;    ///< while it runs
  TimePoint until{};                         ///< when the deadline rings
  std::shared_ptr<AnswerBudget::Part> part;  ///< of a large reply

  // While a large reply waits for room.
  bool parked = false;
  bool gave_way = false;  ///< it does not count as running
  std::size_t wants = 0;  ///< bytes
  Duration left{};        ///< of its time
};

/// How many calls run towards one host, and who waits.
struct Host {
  std::size_t running = 0;
  std::size_t gave_way = 0;  ///< parked calls whose places others have
  FairQueue<std::shared_ptr<Call>> waiting;

  [[nodiscard]] bool idle() const { return running == 0 && gave_way == 0 && waiting.empty(); }
};

/// Held by the client and, for as long as a callback runs, by the turn of the loop: a callback may
/// destroy the client.
class State : public std::enable_shared_from_this<State> {
 public:
  State(Loop& loop, std::size_t max_running, std::size_t large_replies)
      : loop_(loop), max_running_(max_running), budget_(large_replies, [this] { serve_soon(); }) {}

  [[nodiscard]] Result<void> open();
  void close();
  void start(const std::shared_ptr<Call>& call);
  void cancel(Call& call);
  void refuse(const std::shared_ptr<Call>& call, Error error);
  void out_of_time(const std::shared_ptr<Call>& call);
  void set_deadline(Call& call, Duration after);
  [[nodiscard]] HttpLoad load() const;

 private:
  /// False: the reply is large, and there is no room for it yet. Within libcurl.
  [[nodiscard]] bool let_in(Call& call, std::size_t expected);
  void park(Call& call, std::size_t expected);
  /// It no longer waits for room, whatever becomes of it.
  void unpark(Call& call);
  /// In a later turn: goes on with parked calls that have room, and starts those that wait.
  void serve_soon();
  void serve();
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
  std::list<Call*> parked_;  ///< in the order in which they came; all of them are in running_
  std::uint64_t waited_ = 0;
  bool serving_soon_ = false;
  AnswerBudget budget_;
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
  parked_.clear();
  for (const auto& [origin, host] : hosts)
    host.waiting.each([&end](const std::shared_ptr<Call>& call) { end(*call); });
  for (const auto& [easy, call] : running) {
    end(*call);
    multi_->remove(easy);
    call->transfer.reset();
    call->part.reset();
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
    host.waiting.push(call->what.sender, call);
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
  call->transfer->set_gate(
      [this, raw = call.get()](std::size_t expected) { return let_in(*raw, expected); });
  CURL* easy = call->transfer->easy();
  if (!multi_->add(easy)) throw std::bad_alloc();
  running_.emplace(easy, call);
}

void State::release(Call& call) {
  CURL* easy = call.transfer->easy();
  multi_->remove(easy);
  running_.erase(easy);
  call.deadline.reset();
  if (call.parked) {
    unpark(call);
    serve_soon();  // the next one may want less
  }
  idle_.push_back(std::move(call.transfer));
  --hosts_[call.target.origin].running;
  start_waiting(call.target.origin);
}

void State::start_waiting(const std::string& origin) {
  const auto found = hosts_.find(origin);
  Host& host = found->second;
  while (host.running < max_running_ && !host.waiting.empty()) {
    const auto next = host.waiting.pop();
    if (!next->callback) continue;  // cancelled
    ++host.running;
    launch(next);
  }
  if (host.idle()) hosts_.erase(found);
}

bool State::let_in(Call& call, std::size_t expected) {
  // One that came before goes first, even where there is room enough for this one.
  if (parked_.empty()) call.part = budget_.take(expected);
  if (call.part) return true;
  park(call, expected);
  return false;
}

void State::park(Call& call, std::size_t expected) {
  call.parked = true;
  call.wants = expected;
  parked_.push_back(&call);
  ++waited_;
  // That it waits here is no fault of the other side.
  call.left = std::chrono::duration_cast<Duration>(call.until - loop_.now());
  call.deadline.reset();
  Host& host = hosts_[call.target.origin];
  if (host.gave_way == max_running_) return;
  call.gave_way = true;
  ++host.gave_way;
  --host.running;
  serve_soon();
}

void State::unpark(Call& call) {
  call.parked = false;
  parked_.remove(&call);
  if (!std::exchange(call.gave_way, false)) return;
  Host& host = hosts_[call.target.origin];
  --host.gave_way;
  ++host.running;
}

void State::serve_soon() {
  if (std::exchange(serving_soon_, true)) return;
  loop_.post([weak = weak_from_this()] {
    if (const auto state = weak.lock()) state->serve();
  });
}

void State::serve() {
  serving_soon_ = false;
  while (!parked_.empty()) {
    const auto call = parked_.front()->shared_from_this();
    call->part = budget_.take(call->wants);
    if (!call->part) break;
    unpark(*call);
    set_deadline(*call, call->left);
    call->transfer->let_in();
    CurlMulti::resume(call->transfer->easy());
  }
  std::vector<std::string> origins;
  for (const auto& [origin, host] : hosts_) {
    if (!host.waiting.empty()) origins.push_back(origin);
  }
  for (const std::string& origin : origins)
    start_waiting(origin);
}

void State::set_deadline(Call& call, Duration after) {
  call.until = loop_.now() + after;
  call.deadline = loop_.after(after, [this, raw = &call] { out_of_time(raw->shared_from_this()); });
}

HttpLoad State::load() const {
  return {budget_.in_use(), budget_.most_used(), parked_.size(), waited_};
}

void State::finish(CURL* easy, CURLcode code) {
  const auto alive = shared_from_this();
  const auto call = running_.at(easy);
  const Callback callback = std::exchange(call->callback, nullptr);
  auto outcome = call->transfer->end(code, call->target);
  if (const auto part = std::exchange(call->part, nullptr); part && outcome) {
    part->shrink_to(outcome->body.size());
    outcome->held = part;
  }
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
  call.part.reset();
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
    call->part.reset();
  }
  callback(fail(error));
}

/// What only a programmer can have got wrong.
void require_well_formed(const HttpCall& call) {
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (call.method.empty() || !std::all_of(call.method.begin(), call.method.end(), upper)) {
    throw std::invalid_argument("an HTTP method is one or more capital letters");
  }
  if (!text::is_printable(call.content_type)) {
    throw std::invalid_argument("a content type is printable ASCII");
  }
  const auto require_header = [](std::string_view name, std::string_view value) {
    if (!is_token(name)) throw std::invalid_argument("a header's name is a token");
    if (!text::is_printable(value)) throw std::invalid_argument("a header is printable ASCII");
  };
  require_header("Authorization", call.authorization.text());
  for (const HttpHeader& header : call.headers)
    require_header(header.name, header.value);
  const SecretHeader& secret = call.secret_header;
  if (!secret.value.empty()) require_header(secret.name, secret.value.text());
}

class CurlClient final : public HttpClient {
 public:
  explicit CurlClient(std::shared_ptr<State> state) : state_(std::move(state)) {}
  ~CurlClient() override { state_->close(); }
  CurlClient(const CurlClient&) = delete;
  CurlClient& operator=(const CurlClient&) = delete;

  std::unique_ptr<HttpPending> send(HttpCall what, Callback callback) override {
    require_well_formed(what);
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
    state_->set_deadline(*call, call->what.timeout);
    state_->start(call);
    return pending;
  }

  [[nodiscard]] HttpLoad load() const override { return state_->load(); }

 private:
  std::shared_ptr<State> state_;
};

}  // namespace

Result<std::unique_ptr<HttpClient>> HttpClient::create(Network& network,
                                                       std::size_t max_connections_per_host,
                                                       std::size_t large_replies) {
  if (max_connections_per_host == 0) throw std::invalid_argument("no connection allowed at all");
  auto state = std::make_shared<State>(network.loop(), max_connections_per_host, large_replies);
  if (auto opened = state->open(); !opened) return fail(opened.error());
  return std::make_unique<CurlClient>(std::move(state));
}

}  // namespace sfteams::transport
