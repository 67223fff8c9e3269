#include "uci/login_keeper.h"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "oauth/codes.h"
#include "uci/codes.h"
#include "uci/method_kind.h"

namespace sfteams::uci {
namespace {

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
  return transport::Duration(pause.count() - static_cast<std::int64_t>(dialect.chance(half + 1)));
}

bool is_outage(const Error& error) {
  return error.code == codes::kUnreachable || error.code == codes::kTimeout ||
         error.code == codes::kBrokenReply || error.code == codes::kPbxError;
}

bool is_refusal(const Error& error) {
  return error.code == codes::kLoginRefused || error.code == oauth::codes::kTokenNotTaken;
}

Array list_of(const std::vector<std::string>& services) {
  Array list;
  for (const std::string& service : services)
    list.emplace_back(service);
  return list;
}

}  // namespace

LoginKeeper::LoginKeeper(RpcTransport& transport, transport::Scheduler& scheduler,
                         const Dialect& dialect, TokenGate& gate, std::function<void()> on_change)
    : transport_(transport),
      scheduler_(scheduler),
      dialect_(dialect),
      gate_(gate),
      on_change_(std::move(on_change)),
      subscriptions_(permanent_of(dialect)),
      version_(transport, dialect, gate, [this] { on_room(); }) {}

void LoginKeeper::start() {
  if (phase_ != Phase::idle) return;
  error_.reset();
  send_login();
  enter(Phase::first_login);
}

void LoginKeeper::renew() {
  if (phase_ == Phase::up || phase_ == Phase::unreachable) log_in_again();
}

void LoginKeeper::log_in_again() {
  give_up_request();
  log_in_when_due();
  enter(Phase::renewing);
}

void LoginKeeper::log_in_when_due() {
  timer_.reset();
  const auto now = scheduler_.now();
  const auto earliest = last_login_ ? *last_login_ + dialect_.login_spacing : now;
  if (now >= earliest) return send_login();
  timer_ = scheduler_.after(std::chrono::ceil<transport::Duration>(earliest - now),
                            [this] { send_login(); });
}

void LoginKeeper::check() {
  if ((phase_ != Phase::up && phase_ != Phase::unreachable) || pending_ || judging_ || blocked_)
    return;
  timer_.reset();
  ask_again();
}

void LoginKeeper::ask_again() {
  if (again_by_login_) return log_in_when_due();
  send_keep_alive();
}

void LoginKeeper::on_room() {
  if (const Step step = std::exchange(blocked_, nullptr)) (this->*step)();
}

void LoginKeeper::give_up_request() {
  pending_.reset();
  leave_.reset();
  judging_.reset();
  blocked_ = nullptr;
}

void LoginKeeper::stop() {
  phase_ = Phase::stopped;
  timer_.reset();
  give_up_request();
  version_.withdraw();
}

bool LoginKeeper::get_leave(TokenGate::Use use, Step again) {
  leave_ = gate_.take(use);
  blocked_ = leave_ ? nullptr : again;
  return leave_ != nullptr;
}

void LoginKeeper::settle(const TokenAnswer& answer) {
  if (const auto leave = std::move(leave_)) leave->settle(answer);
}

void LoginKeeper::judge(const TokenAnswer& answer, Error error) {
  if (answer.sign == TokenSign::unsent) return on_later(std::move(error));
  judging_.emplace();
  gate_.judge(answer, [this, asked = judging_->watch(), issue = answer.issue,
                       issued = answer.issued,
                       error = std::move(error)](TokenGate::Verdict verdict) {
    if (asked.gone()) return;
    judging_.reset();
    if (verdict == TokenGate::Verdict::wrong) {
      if (issue == TokenAnswer::Issue::none) return on_wrong(error, issued);
      // It says itself what is wrong.
      error_ = error;
      return enter(Phase::refused);
    }
    if (!is_refusal(error)) return on_later(error);
    on_later(
        {codes::kPbxError,
         "the PBX turns everybody away at the moment, as far as can be told: " + error.message,
         "the PBX is starting, or in trouble, or [uci] url leads elsewhere; it is asked again"});
  });
}

void LoginKeeper::on_wrong(Error error, bool issued) {
  if (!is_refusal(error)) {
    const std::string message = "the PBX serves others, and not this user: " + error.message;
    error = issued
                ? Error{oauth::codes::kTokenNotTaken, message, "check the user's rights at the PBX"}
                : Error{codes::kLoginRefused, message, "check user and password"};
  }
  error_ = std::move(error);
  enter(Phase::refused);
}

void LoginKeeper::on_later(Error error) {
  if (phase_ != Phase::first_login) return become_unreachable(std::move(error));
  error_ = std::move(error);
  enter(Phase::idle);
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
  if (!get_leave(TokenGate::Use::login, &LoginKeeper::send_login)) return;
  last_login_ = scheduler_.now();
  send(dialect_.login, {}, true, dialect_.login_timeout, &LoginKeeper::on_login);
}

void LoginKeeper::on_login(Result<RpcReply> reply) {
  LoginAnswer answer = read_login(std::move(reply), dialect_);
  settle(answer.token);
  again_by_login_ = answer.token.turned_away;
  if (!answer.outcome) return judge(answer.token, std::move(answer.outcome.error()));
  ++logins_;
  failures_ = 0;
  error_.reset();
  subscriptions_.forget_granted();
  version_.ask();
  subscribe_next();
}

void LoginKeeper::subscribe_next() {
  asked_ = subscriptions_.next();
  // Who has just signed in is told the version; later it may come when it likes.
  if (!asked_ && phase_ == Phase::first_login && version_.wait([this] { subscribe_next(); }))
    return;
  if (!asked_) {
    keep_alive_after(dialect_.keep_alive_interval);
    enter(Phase::up);
    return;
  }
  // A service that was refused may have been the token's fault: that is settled first.
  if (!gate_.trusted()) return send_keep_alive();
  if (!get_leave(TokenGate::Use::call, &LoginKeeper::subscribe_next)) return;
  Array params;
  if (kind_of(asked_->method) == MethodKind::subscribe_list) {
    params.emplace_back(list_of(subscriptions_.services_by(asked_->method)));
  } else {
    params.emplace_back(asked_->service);
  }
  send(asked_->method, params, false, dialect_.login_timeout, &LoginKeeper::on_subscribed);
}

void LoginKeeper::on_subscribed(Result<RpcReply> reply) {
  Reading reading = read_call(std::move(reply), dialect_);
  settle(reading.token);
  Result<Response>& response = reading.response;
  bool granted = false;
  if (!response) {
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
  if (!granted) {
    error_ = Error{codes::kSubscribeRefused,
                   fmt::format("the PBX does not send the events of {}{}", asked_->service,
                               error_ ? ": " + error_->message : ""),
                   "check that the user has the right to it"};
  }
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
  timer_ = scheduler_.after(delay, [this] { ask_again(); });
}

void LoginKeeper::send_keep_alive() {
  if (!get_leave(TokenGate::Use::keep_alive, &LoginKeeper::send_keep_alive)) return;
  send(dialect_.keep_alive, {}, false, dialect_.keep_alive_timeout, &LoginKeeper::on_keep_alive);
}

void LoginKeeper::on_keep_alive(Result<RpcReply> reply) {
  KeepAliveAnswer answer = read_keep_alive(std::move(reply), dialect_);
  settle(answer.token);
  switch (answer.token.sign) {
    case TokenSign::good:
      failures_ = 0;
      if (phase_ == Phase::up) {
        keep_alive_after(dialect_.keep_alive_interval);
        return on_change_();  // calls may wait for it
      }
      if (!error_ || error_->code != codes::kSubscribeRefused) error_.reset();
      return subscribe_next();
    case TokenSign::no_login:
      failures_ = 0;
      if (phase_ == Phase::first_login) return become_unreachable(std::move(answer.error));
      error_ = std::move(answer.error);
      // Also when it was forgotten between the login and the subscriptions.
      return log_in_again();
    case TokenSign::refused:
    case TokenSign::odd:
    case TokenSign::unsent:
      return judge(answer.token, std::move(answer.error));
  }
}

void LoginKeeper::become_unreachable(Error error) {
  version_.stop_waiting();
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
