#include "uci/connection.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "uci/codes.h"
#include "uci/method_kind.h"
#include "uci/reply.h"
#include "uci/subscribing.h"
#include "uci/xmlrpc.h"

namespace sfteams::uci {
namespace {

using Phase = LoginKeeper::Phase;

Error closed_error() {
  return {codes::kConnectionClosed, "the user is being signed out at the PBX", {}};
}

/// Whether the answer found the PBX turning the token away, or gone, so that the login is to be
/// looked at now. After other doubts the next call does it: a fault is most often about the call.
bool asks_at_once(const TokenAnswer& answer) {
  return answer.sign == TokenSign::refused || answer.sign == TokenSign::unsent ||
         (answer.turned_away && answer.shape.rank == AnswerShape::Rank::web);
}

}  // namespace

Connection::Connection(RpcTransport& transport, transport::Scheduler& scheduler,
                       const Dialect& dialect, Handlers handlers, transport::Background* background)
    : transport_(transport),
      scheduler_(scheduler),
      dialect_(dialect),
      handlers_(std::move(handlers)),
      background_(background),
      gate_(handlers_.gate != nullptr ? *handlers_.gate : lone_gate_),
      waiting_(scheduler, dialect.call_timeout, [this] { return gate_.why(); }),
      keeper_(transport, scheduler, dialect, gate_, [this] { on_login_change(); }) {
  gate_.on_room([this] { on_room(); });
}

Connection::~Connection() {
  gate_.on_room(nullptr);
}

void Connection::login(Done done) {
  if (state() != State::idle) {
    done(fail(codes::kNotConnected,
              fmt::format("no login is possible while the connection is {}", to_string(state()))));
    return;
  }
  login_done_ = std::move(done);
  keeper_.start();
}

void Connection::call(std::string_view method, const Array& params, Answer answer,
                      Rendering large) {
  if (auto reason = reason_against(method)) return answer(fail(std::move(*reason)));
  auto prepared = prepare_call(keeper_.subscriptions(), dialect_, method, params);
  if (!prepared) return answer(fail(std::move(prepared.error())));
  if (!*prepared) return answer(Value(true));
  dispatch({.body = std::move((*prepared)->body),
            .answer = std::move(answer),
            .large = std::move(large),
            .change = std::move((*prepared)->change)});
}

std::optional<Error> Connection::reason_against(std::string_view method) const {
  if (closing_ != Closing::no) return closed_error();
  const Phase phase = keeper_.phase();
  if (phase == Phase::refused) return keeper_.error();
  if (phase == Phase::idle || phase == Phase::first_login)
    return Error{codes::kNotConnected, "the user is not signed in at the PBX", {}};
  if (kind_of(method) == MethodKind::reserved)
    return Error{codes::kMethodReserved,
                 "logging in and out at the PBX is done for all sessions of the user together",
                 "use session.login and session.logout"};
  return std::nullopt;
}

void Connection::dispatch(OutgoingCall call) {
  if (waiting_.empty()) {
    if (auto leave = leave_for_call()) return send(std::move(call), std::move(leave));
  }
  if (const Result<void> added = waiting_.add(call); !added)
    return call.answer(fail(added.error()));
  // A doubt is settled when somebody wants to know, not only at the next keepAlive.
  if (!gate_.trusted()) keeper_.check();
}

std::unique_ptr<TokenGate::Leave> Connection::leave_for_call() {
  const Phase phase = keeper_.phase();
  if (phase != Phase::up && phase != Phase::unreachable) return nullptr;
  if (!gate_.trusted()) return nullptr;
  return gate_.take(TokenGate::Use::call);
}

void Connection::send_waiting() {
  if (closing_ != Closing::no) return;
  while (!waiting_.empty()) {
    auto leave = leave_for_call();
    if (!leave) break;
    send(waiting_.take(), std::move(leave));
  }
  if (!waiting_.empty() && !gate_.trusted()) keeper_.check();
}

/// Who has called is given its answer first, and may destroy this object then.
void Connection::send_waiting_soon() {
  if (turn_ || (waiting_.empty() && !keeper_.waits_for_room())) return;
  turn_ = scheduler_.after(transport::Duration(0), [this] {
    turn_.reset();
    on_room();
  });
}

void Connection::on_room() {
  if (closing_ != Closing::no) return;
  keeper_.on_room();
  send_waiting();
}

void Connection::send(OutgoingCall call, std::unique_ptr<TokenGate::Leave> leave) {
  const std::uint64_t id = ++next_id_;
  call.logins = keeper_.logins();
  // The body is kept for the case that it has to be sent once more.
  std::string body = call.repeated ? std::move(call.body) : call.body;
  auto pending =
      transport_.send(std::move(body), false, dialect_.call_timeout,
                      [this, id](Result<RpcReply> reply) { on_reply(id, std::move(reply)); });
  running_.emplace(id, Running{std::move(call), std::move(leave), std::move(pending)});
}

void Connection::on_reply(std::uint64_t id, Result<RpcReply> reply) {
  if (background_ == nullptr || !reply || reply->body.size() <= kReadInLoop) {
    Reading reading = read_call(std::move(reply), dialect_);
    return on_read(id, {reading.token, std::move(reading.response)});
  }
  Running& running = running_.at(id);
  running.reading = read_beside(*background_, std::move(*reply), dialect_, running.call.large.write,
                                [this, id](ReadReply read) { on_read(id, std::move(read)); });
}

void Connection::on_read(std::uint64_t id, ReadReply read) {
  // Kept to the end: the pending request may not go while its callback runs.
  auto running = running_.extract(id);
  OutgoingCall& call = running.mapped().call;
  Result<Value> result = Value();
  running.mapped().leave->settle(read.token);
  running.mapped().leave.reset();
  auto& response = read.response;
  if (!response) {
    result = fail(std::move(response.error()));
  } else if (const Fault* fault = std::get_if<Fault>(&*response)) {
    Error error = to_error(*fault, dialect_);
    if (error.code == codes::kNotConnected) return on_no_login(std::move(call), std::move(error));
    result = fail(std::move(error));
  } else {
    result = std::move(std::get<Value>(*response));
    call.change.apply(keeper_.subscriptions(), *result);
    // The PBX can be reached again; no need to wait for the next try.
    if (keeper_.phase() == Phase::unreachable) keeper_.check();
  }
  if (asks_at_once(read.token) && closing_ == Closing::no && keeper_.phase() == Phase::up)
    keeper_.check();
  send_waiting_soon();
  const Answer answer = std::move(call.answer);
  const auto deliver = std::move(call.large.deliver);
  end_call();
  if (read.text) return deliver(std::move(*read.text));
  answer(std::move(result));
}

void Connection::on_no_login(OutgoingCall call, Error error) {
  if (call.repeated || closing_ != Closing::no) {
    const Answer answer = std::move(call.answer);
    end_call();
    return answer(fail(std::move(error)));
  }
  const bool sent_before_login = call.logins < keeper_.logins();
  call.repeated = true;
  if (keeper_.phase() == Phase::refused) return call.answer(fail(*keeper_.error()));
  // The phase changes first, so that the request then waits for it.
  if (keeper_.phase() != Phase::up || !sent_before_login) keeper_.renew();
  dispatch(std::move(call));
}

void Connection::on_login_change() {
  if (closing_ != Closing::no) return;
  announce_state();
  const Phase phase = keeper_.phase();
  if (phase == Phase::first_login || phase == Phase::renewing) return;
  const Done done = std::exchange(login_done_, nullptr);
  if (phase == Phase::up) {
    send_waiting();
    if (done) done({});
    return;
  }
  const std::deque<OutgoingCall> given_up = waiting_.take_all();
  const Error error = keeper_.error().value_or(closed_error());
  // From here on this object may be destroyed by any of the callbacks.
  for (const OutgoingCall& call : given_up)
    call.answer(fail(error));
  if (!done) return;
  // Unreachable right after the login was taken: the password is right, the rest will follow.
  done(phase == Phase::unreachable ? Result<void>() : fail(error));
}

void Connection::logout(std::function<void()> done) {
  logout_done_.push_back(std::move(done));
  if (closing_ == Closing::done) {
    finish_soon();
    return;
  }
  if (closing_ != Closing::no) return;
  const Phase phase = keeper_.phase();
  known_to_pbx_ = phase != Phase::idle && phase != Phase::refused;
  keeper_.stop();
  closing_ = Closing::finishing_calls;
  announce_state();
  const std::deque<OutgoingCall> given_up = waiting_.take_all();
  const Done login_done = std::exchange(login_done_, nullptr);
  if (running_.empty()) {
    log_out_now();
  } else {
    grace_ = scheduler_.after(dialect_.logout_grace, [this] { log_out_now(); });
  }
  for (const OutgoingCall& call : given_up)
    call.answer(fail(closed_error()));
  if (login_done) login_done(fail(closed_error()));
}

void Connection::end_call() {
  if (closing_ == Closing::finishing_calls && running_.empty()) log_out_now();
}

void Connection::log_out_now() {
  closing_ = Closing::logging_out;
  grace_.reset();
  auto late = std::exchange(running_, {});
  auto body = write_call(dialect_.logout, {}, dialect_.nil);
  if (known_to_pbx_) logout_leave_ = gate_.take(TokenGate::Use::logout);
  if (logout_leave_ && body) {
    logout_pending_ = transport_.send(
        std::move(*body), false, dialect_.logout_timeout, [this](Result<RpcReply> reply) {
          const auto pending = std::move(logout_pending_);
          const auto leave = std::move(logout_leave_);
          leave->settle(read_with_sign(std::move(reply), dialect_).token);
          on_logged_out();
        });
  } else {
    finish_soon();
  }
  for (auto& [id, running] : late) {
    running.pending.reset();
    running.call.answer(fail(closed_error()));
  }
}

void Connection::finish_soon() {
  grace_ = scheduler_.after(transport::Duration(0), [this] { on_logged_out(); });
}

void Connection::on_logged_out() {
  closing_ = Closing::done;
  announce_state();
  const auto done = std::exchange(logout_done_, {});
  for (const auto& callback : done)
    callback();
}

void Connection::deliver(const std::string& method, const Array& params) {
  const Phase phase = keeper_.phase();
  if (phase == Phase::idle || phase == Phase::refused || phase == Phase::stopped) return;
  if (method.ends_with(dialect_.reset_suffix)) return keeper_.renew();
  if (handlers_.on_event) handlers_.on_event(method, params);
}

void Connection::lose_event() {
  // Before and without a login somebody asks for everything anyway, once there is one.
  if (keeper_.phase() != Phase::up || closing_ != Closing::no || loss_) return;
  transport::Duration delay{0};
  if (last_loss_) {
    const auto since = std::chrono::floor<transport::Duration>(scheduler_.now() - *last_loss_);
    delay = std::max(delay, kBetweenLosses - since);
  }
  loss_ = scheduler_.after(delay, [this] { announce_loss(); });
}

void Connection::announce_loss() {
  const std::unique_ptr<transport::Timer> done = std::move(loss_);
  last_loss_ = scheduler_.now();
  const auto handler = handlers_.on_events_lost;
  if (handler && state() == State::connected) handler();
}

void Connection::announce_state() {
  if (!handlers_.on_state) return;
  announcement_ = scheduler_.after(transport::Duration(0), [this] {
    const auto handler = handlers_.on_state;
    handler(state());
  });
}

Connection::State Connection::state() const {
  if (closing_ == Closing::done) return State::closed;
  if (closing_ != Closing::no) return State::closing;
  switch (keeper_.phase()) {
    case Phase::idle:
      return State::idle;
    case Phase::first_login:
      return State::logging_in;
    case Phase::up:
      return State::connected;
    case Phase::renewing:
    case Phase::unreachable:
      return State::reconnecting;
    case Phase::refused:
      return State::refused;
    case Phase::stopped:
      break;
  }
  return State::closed;
}

std::vector<std::string> Connection::services() const {
  return keeper_.subscriptions().active();
}

std::string_view to_string(Connection::State state) {
  switch (state) {
    case Connection::State::idle:
      return "idle";
    case Connection::State::logging_in:
      return "logging-in";
    case Connection::State::connected:
      return "connected";
    case Connection::State::reconnecting:
      return "reconnecting";
    case Connection::State::refused:
      return "refused";
    case Connection::State::closing:
      return "closing";
    case Connection::State::closed:
      break;
  }
  return "closed";
}

}  // namespace sfteams::uci
