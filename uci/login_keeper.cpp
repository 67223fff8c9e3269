#include "uci/login_keeper.h"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "crypto/random.h"
#include "uci/codes.h"
#include "uci/method_kind.h"

namespace sfteams::uci {
namespace {

/// The version stands in the answer to every sign-in, so it has to be small.
constexpr std::size_t kMaxVersionWeight = 4'096;

std::vector<Subscription> permanent_of(const Dialect& dialect) {
  std::vector<Subscription> permanent;
  for (const std::string& service : dialect.services)
    permanent.push_back({dialect.subscribe, service});
  return permanent;
}

/// Doubled with each failure, half of it by chance, so that the connections of many users do not
/// all come back in one moment.
transport::Duration pause_after(unsigned failures, const Dialect& dialect) {
  transport::Duration pause = dialect.retry_first;
  for (unsigned i = 1; i < failures && pause < dialect.retry_most; ++i)
    pause *= 2;
  pause = std::min(pause, dialect.retry_most);
  const auto half = static_cast<std::uint64_t>(pause.count() / 2);
  return transport::Duration(pause.count() -
                             static_cast<std::int64_t>(crypto::random_below(half + 1)));
}

bool is_outage(const Error& error) {
  return error.code == codes::kUnreachable || error.code == codes::kTimeout ||
         error.code == codes::kBrokenReply || error.code == codes::kPbxError;
}

Array list_of(const std::vector<std::string>& services) {
  Array list;
  for (const std::string& service : services)
    list.emplace_back(service);
  return list;
}

}  // namespace

LoginKeeper::LoginKeeper(RpcTransport& transport, transport::Scheduler& scheduler,
                         const Dialect& dialect, std::function<void()> on_change)
    : transport_(transport),
      scheduler_(scheduler),
      dialect_(dialect),
      on_change_(std::move(on_change)),
      subscriptions_(permanent_of(dialect)) {}

void LoginKeeper::start() {
  if (phase_ != Phase::idle) return;
  error_.reset();
  send_login();
  enter(Phase::first_login);
}

void LoginKeeper::renew() {
  if (phase_ != Phase::up && phase_ != Phase::unreachable) return;
  pending_.reset();
  const auto now = scheduler_.now();
  const auto earliest = last_login_ ? *last_login_ + dialect_.login_spacing : now;
  if (now >= earliest) {
    timer_.reset();
    send_login();
  } else {
    timer_ = scheduler_.after(std::chrono::ceil<transport::Duration>(earliest - now),
                              [this] { send_login(); });
  }
  enter(Phase::renewing);
}

void LoginKeeper::check() {
  if ((phase_ != Phase::up && phase_ != Phase::unreachable) || pending_) return;
  timer_.reset();
  send_keep_alive();
}

void LoginKeeper::stop() {
  phase_ = Phase::stopped;
  timer_.reset();
  pending_.reset();
  version_pending_.reset();
}

void LoginKeeper::send(const std::string& method, const Array& params, bool announce,
                       transport::Duration timeout, Handler handler) {
  auto body = write_call(method, params, dialect_.nil);
  if (!body) {
    (this->*handler)(fail(std::move(body.error())));
    return;
  }
  pending_ =
      transport_.send(std::move(*body), announce, timeout, [this, handler](Result<RpcReply> reply) {
        // Kept to the end: the request may not go while its callback runs.
        const std::unique_ptr<RpcPending> done = std::move(pending_);
        (this->*handler)(std::move(reply));
      });
}

void LoginKeeper::send_login() {
  last_login_ = scheduler_.now();
  send(dialect_.login, {}, true, dialect_.login_timeout, &LoginKeeper::on_login);
}

void LoginKeeper::on_login(Result<RpcReply> reply) {
  Result<void> login = read_login(std::move(reply));
  if (login) {
    ++logins_;
    failures_ = 0;
    error_.reset();
    subscriptions_.forget_granted();
    ask_version();
    subscribe_next();
    return;
  }
  if (login.error().code == codes::kLoginRefused) {
    error_ = std::move(login.error());
    enter(Phase::refused);
  } else if (phase_ == Phase::first_login) {
    error_ = std::move(login.error());
    enter(Phase::idle);
  } else {
    become_unreachable(std::move(login.error()));
  }
}

void LoginKeeper::subscribe_next() {
  asked_ = subscriptions_.next();
  // Who has just signed in is told the version; later it may come when it likes.
  awaiting_version_ = !asked_ && version_pending_ && phase_ == Phase::first_login;
  if (awaiting_version_) return;
  if (!asked_) {
    keep_alive_after(dialect_.keep_alive_interval);
    enter(Phase::up);
    return;
  }
  Array params;
  if (kind_of(asked_->method) == MethodKind::subscribe_list) {
    params.emplace_back(list_of(subscriptions_.services_by(asked_->method)));
  } else {
    params.emplace_back(asked_->service);
  }
  send(asked_->method, params, false, dialect_.login_timeout, &LoginKeeper::on_subscribed);
}

void LoginKeeper::on_subscribed(Result<RpcReply> reply) {
  auto response = read_call_reply(std::move(reply));
  bool granted = false;
  if (!response) {
    // The login has just been taken, so a refusal concerns the service.
    if (is_outage(response.error())) return become_unreachable(std::move(response.error()));
    error_ = std::move(response.error());
  } else if (const Fault* fault = std::get_if<Fault>(&*response)) {
    Error error = to_error(*fault, dialect_);
    if (error.code == codes::kNotConnected) return become_unreachable(std::move(error));
    error_ = std::move(error);
  } else {
    granted = !is_false(std::get<Value>(*response));
  }
  settle_subscription(granted);
  subscribe_next();
}

void LoginKeeper::settle_subscription(bool granted) {
  if (!granted)
    error_ = Error{codes::kSubscribeRefused,
                   fmt::format("the PBX does not send the events of {}{}", asked_->service,
                               error_ ? ": " + error_->message : ""),
                   "check that the user has the right to it"};
  std::vector<std::string> services{asked_->service};
  if (kind_of(asked_->method) == MethodKind::subscribe_list)
    services = subscriptions_.services_by(asked_->method);
  for (const std::string& service : services) {
    const Subscription subscription{asked_->method, service};
    if (granted) {
      subscriptions_.granted(subscription);
    } else {
      subscriptions_.refused(subscription);
    }
  }
}

void LoginKeeper::keep_alive_after(transport::Duration delay) {
  timer_ = scheduler_.after(delay, [this] { send_keep_alive(); });
}

void LoginKeeper::send_keep_alive() {
  send(dialect_.keep_alive, {}, false, dialect_.keep_alive_timeout, &LoginKeeper::on_keep_alive);
}

void LoginKeeper::on_keep_alive(Result<RpcReply> reply) {
  KeepAliveAnswer answer = read_keep_alive(std::move(reply));
  switch (answer.what) {
    case KeepAlive::alive:
      failures_ = 0;
      if (phase_ == Phase::up) return keep_alive_after(dialect_.keep_alive_interval);
      error_.reset();
      return subscribe_next();
    case KeepAlive::gone:
      failures_ = 0;
      error_ = std::move(answer.error);
      return renew();
    case KeepAlive::refused:
      error_ = std::move(answer.error);
      return enter(Phase::refused);
    case KeepAlive::unreachable:
      return become_unreachable(std::move(answer.error));
  }
}

void LoginKeeper::ask_version() {
  auto body = write_call(dialect_.server_version, {}, dialect_.nil);
  if (!body) return;
  // For information only: whatever goes wrong, the version stays unknown.
  version_pending_ = transport_.send(
      std::move(*body), false, dialect_.login_timeout, [this](Result<RpcReply> reply) {
        const std::unique_ptr<RpcPending> done = std::move(version_pending_);
        auto response = read_reply(std::move(reply));
        if (response && std::holds_alternative<Value>(*response) &&
            weight_of(std::get<Value>(*response)) <= kMaxVersionWeight)
          server_version_ = std::move(std::get<Value>(*response));
        if (std::exchange(awaiting_version_, false)) subscribe_next();
      });
}

void LoginKeeper::become_unreachable(Error error) {
  error_ = std::move(error);
  ++failures_;
  keep_alive_after(pause_after(failures_, dialect_));
  enter(Phase::unreachable);
}

void LoginKeeper::enter(Phase phase) {
  phase_ = phase;
  on_change_();
}

}  // namespace sfteams::uci
