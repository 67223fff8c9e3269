#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/fake_scheduler.h"
#include "tests/seed.h"
#include "uci/connection.h"
#include "uci/rpc_transport.h"
#include "uci/xmlrpc.h"

namespace sfteams::uci::test {

using sfteams::test::FakeScheduler;

/// Keeps every request until the test answers it.
class FakePbx final : public RpcTransport {
 public:
  struct Request {
    std::uint64_t id = 0;
    Call call;
    bool announce = false;
    transport::Duration timeout{};
    Callback callback;
  };

  [[nodiscard]] std::unique_ptr<RpcPending> send(std::string body, bool announce,
                                                 transport::Duration timeout,
                                                 Callback callback) override {
    sfteams::test::keep_seed("xmlrpc", body);
    auto call = parse_call(body);
    REQUIRE(call);
    ++counts_[call->method];
    if (on_send) on_send(call->method);
    open_->push_back({++next_, std::move(*call), announce, timeout, std::move(callback)});
    return std::make_unique<FakePending>(open_, next_);
  }

  std::function<void(const std::string& method)> on_send;

  /// How many requests of that method were ever sent.
  [[nodiscard]] int count(const std::string& method) const {
    const auto found = counts_.find(method);
    return found == counts_.end() ? 0 : found->second;
  }
  [[nodiscard]] std::size_t open() const { return open_->size(); }
  [[nodiscard]] bool is_open(std::string_view method) const { return find(method) != nullptr; }
  [[nodiscard]] const Request& request(std::string_view method) const {
    const Request* found = find(method);
    if (found == nullptr) FAIL("no open request " << method);
    return *found;
  }

  // Each answers the oldest open request of that method.
  void reply(std::string_view method, Result<RpcReply> reply) { take(method)(std::move(reply)); }
  void value(std::string_view method, const Value& value) {
    reply(method, RpcReply{200, "text/xml", write_response(value).value()});
  }
  void fault(std::string_view method, std::string text) {
    reply(method, RpcReply{200, "text/xml", write_fault({.code = 1, .text = std::move(text)})});
  }
  void status(std::string_view method, int status) {
    reply(method, RpcReply{status, "text/html", "<html><body>Status</body></html>"});
  }
  void fails(std::string_view method, Code code) {
    reply(method, fail(code, "the network did it"));
  }

  /// Takes an open request away, by its place.
  Callback take_at(std::size_t index) {
    const auto at = open_->begin() + static_cast<std::ptrdiff_t>(index);
    Callback callback = std::move(at->callback);
    open_->erase(at);
    return callback;
  }
  [[nodiscard]] const Request& at(std::size_t index) const { return open_->at(index); }

 private:
  struct FakePending final : RpcPending {
    FakePending(std::shared_ptr<std::vector<Request>> the_open, std::uint64_t the_id)
        : open(std::move(the_open)), id(the_id) {}
    ~FakePending() override {
      std::erase_if(*open, [this](const Request& request) { return request.id == id; });
    }
    FakePending(const FakePending&) = delete;
    FakePending& operator=(const FakePending&) = delete;
    std::shared_ptr<std::vector<Request>> open;
    std::uint64_t id;
  };

  [[nodiscard]] const Request* find(std::string_view method) const {
    const auto found = std::find_if(open_->begin(), open_->end(), [method](const Request& request) {
      return request.call.method == method;
    });
    return found == open_->end() ? nullptr : &*found;
  }
  Callback take(std::string_view method) {
    const Request& found = request(method);
    return take_at(static_cast<std::size_t>(&found - open_->data()));
  }

  std::shared_ptr<std::vector<Request>> open_ = std::make_shared<std::vector<Request>>();
  std::map<std::string, int> counts_;
  std::uint64_t next_ = 0;
};

inline const std::string kLogin = "ucp.v30.requests.connection.login";
inline const std::string kLogout = "ucp.v30.requests.connection.logout";
inline const std::string kKeepAlive = "ucp.v30.requests.connection.keepAlive";
inline const std::string kSubscribe = "ucp.v30.requests.service.subscribeEvents";
inline const std::string kUnsubscribe = "ucp.v30.requests.service.unsubscribeEvents";
inline const std::string kVersion = "ucp.v30.requests.system.getServerVersion";
inline const std::string kPlaceCall = "ucp.v30.requests.call.placeCallWithPhone";
inline const std::string kGetPhones = "ucp.v30.requests.phone.getPhoneIds";

/// What a callback brought, and how often.
template <typename T>
struct Outcome {
  int times = 0;
  Result<T> result = fail(Code{"test.not-called"}, "not called");

  [[nodiscard]] std::function<void(Result<T>)> callback() {
    return [this](Result<T> arrived) {
      ++times;
      result = std::move(arrived);
    };
  }
  /// The code of the failure; "" for success.
  [[nodiscard]] std::string code() const {
    return result ? std::string() : std::string(result.error().code.id);
  }
};

/// A connection with everything faked around it.
struct Rig {
  explicit Rig(Dialect the_dialect = dialect_of(Version::v30)) : dialect(std::move(the_dialect)) {
    pbx.on_send = [this](const std::string& method) {
      if (method == dialect.login) login_times.push_back(scheduler.now());
    };
  }

  FakeScheduler scheduler;
  FakePbx pbx;
  Dialect dialect;
  std::vector<std::string> events;
  std::vector<Connection::State> states;
  int losses = 0;
  std::unique_ptr<Connection> connection = std::make_unique<Connection>(
      pbx, scheduler, dialect,
      Connection::Handlers{
          .on_event = [this](const std::string& method, const Array&) { events.push_back(method); },
          .on_state = [this](Connection::State state) { states.push_back(state); },
          .on_events_lost = [this] { ++losses; }});

  /// When each login was sent.
  std::vector<transport::TimePoint> login_times;

  void log_in() {
    Outcome<void> login;
    connection->login(login.callback());
    pbx.value(kLogin, true);
    pbx.value(kVersion, "10.0.1.6");
    pbx.value(kSubscribe, true);
    REQUIRE(login.code().empty());
    REQUIRE(connection->state() == Connection::State::connected);
  }
  /// To the moment when a keepAlive is on its way.
  void wait_for_keep_alive() {
    scheduler.advance(dialect.keep_alive_interval);
    REQUIRE(pbx.is_open(kKeepAlive));
  }
};

}  // namespace sfteams::uci::test
