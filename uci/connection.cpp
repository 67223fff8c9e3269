#include "uci/connection.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "uci/codes.h"
#include "uci/method_kind.h"
#include "uci/reply.h"

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

/// The services named by the parameters of a subscription: one string, or one array of strings.
std::vector<std::string> services_in(const Array& params) {
  std::vector<std::string> services;
  if (params.size() != 1) return services;
  if (const std::string* one = params.front().as_string()) services.push_back(*one);
  if (const Array* list = params.front().as_array()) {
    for (const Value& item : *list) {
      if (const std::string* service = item.as_string()) services.push_back(*service);
    }
  }
  return services;
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
  if (kind_of(method) == MethodKind::unsubscribe && params.size() == 1 &&
      params.front().as_string() != nullptr &&
      keeper_.subscriptions().give_up(*params.front().as_string()) == Subscriptions::GivingUp::kept)
    return answer(Value(true));
  auto request = prepare(method, params);
  if (!request) return answer(fail(std::move(request.error())));
  request->answer = std::move(answer);
  request->large = std::move(large);
  dispatch(std::move(*request));
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

Result<Connection::Request> Connection::prepare(std::string_view method, const Array& params) {
  const MethodKind kind = kind_of(method);
  if (kind == MethodKind::subscribe || kind == MethodKind::subscribe_list) {
    auto services = services_in(params);
    if (!services.empty()) return prepare_subscribe(method, std::move(services));
  }
  auto body = write_call(method, params, dialect_.nil);
  if (!body) return fail(std::move(body.error()));
  Request request{.body = std::move(*body)};
  if (kind == MethodKind::unsubscribe && !services_in(params).empty())
    request.on_value = [this, service = services_in(params).front()](const Value& value) {
      if (!is_false(value)) keeper_.subscriptions().remove(service);
    };
  return request;
}

Result<Connection::Request> Connection::prepare_subscribe(std::string_view method,
                                                          std::vector<std::string> services) {
  Subscriptions& subscriptions = keeper_.subscriptions();
  std::vector<Subscription> wanted;
  for (const std::string& service : services) {
    if (!Subscriptions::is_name(service))
      return fail(
          codes::kBadServiceName,
          fmt::format("the name of an event service is empty, longer than {} bytes, or holds "
                      "blanks or other characters than printable ASCII",
                      Subscriptions::kMaxName),
          "take a name that getProvidedEvents answers");
    wanted.push_back({std::string(method), service});
    if (!subscriptions.has_room_for(wanted.back()) || wanted.size() > Subscriptions::kMost)
      return fail(codes::kTooManyServices,
                  fmt::format("a user can subscribe {} event services", Subscriptions::kMost));
  }
  Array params;
  if (kind_of(method) == MethodKind::subscribe_list) {
    // The list replaces what the PBX had, so it has to name what the other sessions want as well.
    Array list;
    for (const std::string& service : subscriptions.services_by(method)) {
      if (std::find(services.begin(), services.end(), service) == services.end())
        list.emplace_back(service);
    }
    for (const std::string& service : services)
      list.emplace_back(service);
    params.emplace_back(std::move(list));
  } else {
    params.emplace_back(services.front());
  }
  auto body = write_call(method, params, dialect_.nil);
  if (!body) return fail(std::move(body.error()));
  Request request{.body = std::move(*body)};
  request.on_value = [this, wanted = std::move(wanted)](const Value& value) {
    if (is_false(value)) return;
    for (const Subscription& subscription : wanted)
      keeper_.subscriptions().add(subscription);
  };
  return request;
}

void Connection::dispatch(Request request) {
  if (waiting_.empty()) {
    if (auto leave = leave_for_call()) return send(std::move(request), std::move(leave));
  }
  if (waiting_.size() >= kMaxWaiting) {
    return request.answer(fail(codes::kTooManyWaiting,
                               "too many calls of the user wait to be sent to the PBX",
                               "wait for answers before calling again"));
  }
  request.waits_since = scheduler_.now();
  waiting_.push_back(std::move(request));
  if (!patience_) give_up_late();
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
    Request next = std::move(waiting_.front());
    waiting_.pop_front();
    send(std::move(next), std::move(leave));
  }
  if (waiting_.empty()) {
    patience_.reset();
  } else if (!gate_.trusted()) {
    keeper_.check();
  }
}

/// Who has called is given its answer first, and may destroy this object then.
void Connection::send_waiting_soon() {
  if (turn_ || (waiting_.empty() && !keeper_.waits_for_room())) return;
  turn_ = scheduler_.after(transport::Duration(0), [this] {
    turn_.reset();
    on_room();
  });
}

/// In their order, so that those at the front have waited longest.
void Connection::give_up_late() {
  const auto now = scheduler_.now();
  std::vector<Request> late;
  while (!waiting_.empty() && now >= waiting_.front().waits_since + dialect_.call_timeout) {
    late.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  patience_.reset();
  if (!waiting_.empty()) {
    const auto left = waiting_.front().waits_since + dialect_.call_timeout - now;
    patience_ =
        scheduler_.after(std::chrono::ceil<transport::Duration>(left), [this] { give_up_late(); });
  }
  if (late.empty()) return;
  const Error why = gate_.why();
  // From here on this object may be destroyed by any of the callbacks.
  for (const Request& request : late)
    request.answer(fail(why));
}

void Connection::on_room() {
  if (closing_ != Closing::no) return;
  keeper_.on_room();
  send_waiting();
}

void Connection::send(Request request, std::unique_ptr<TokenGate::Leave> leave) {
  const std::uint64_t id = ++next_id_;
  request.logins = keeper_.logins();
  // The body is kept for the case that it has to be sent once more.
  std::string body = request.repeated ? std::move(request.body) : request.body;
  auto pending =
      transport_.send(std::move(body), false, dialect_.call_timeout,
                      [this, id](Result<RpcReply> reply) { on_reply(id, std::move(reply)); });
  running_.emplace(id, Running{std::move(request), std::move(leave), std::move(pending)});
}

void Connection::on_reply(std::uint64_t id, Result<RpcReply> reply) {
  if (background_ == nullptr || !reply || reply->body.size() <= kReadInLoop) {
    Reading reading = read_call(std::move(reply), dialect_);
    return on_read(id, {reading.token, std::move(reading.response)});
  }
  Running& running = running_.at(id);
  running.reading =
      read_beside(*background_, std::move(*reply), dialect_, running.request.large.write,
                  [this, id](ReadReply read) { on_read(id, std::move(read)); });
}

void Connection::on_read(std::uint64_t id, ReadReply read) {
  // Kept to the end: the pending request may not go while its callback runs.
  auto running = running_.extract(id);
  Request& request = running.mapped().request;
  Result<Value> result = Value();
  running.mapped().leave->settle(read.token);
  running.mapped().leave.reset();
  auto& response = read.response;
  if (!response) {
    result = fail(std::move(response.error()));
  } else if (const Fault* fault = std::get_if<Fault>(&*response)) {
    Error error = to_error(*fault, dialect_);
    if (error.code == codes::kNotConnected)
      return on_no_login(std::move(request), std::move(error));
    result = fail(std::move(error));
  } else {
    result = std::move(std::get<Value>(*response));
    if (request.on_value) request.on_value(*result);
    // The PBX can be reached again; no need to wait for the next try.
    if (keeper_.phase() == Phase::unreachable) keeper_.check();
  }
  if (asks_at_once(read.token) && closing_ == Closing::no && keeper_.phase() == Phase::up)
    keeper_.check();
  send_waiting_soon();
  const Answer answer = std::move(request.answer);
  const auto deliver = std::move(request.large.deliver);
  end_call();
  if (read.text) return deliver(std::move(*read.text));
  answer(std::move(result));
}

void Connection::on_no_login(Request request, Error error) {
  if (request.repeated || closing_ != Closing::no) {
    const Answer answer = std::move(request.answer);
    end_call();
    return answer(fail(std::move(error)));
  }
  const bool sent_before_login = request.logins < keeper_.logins();
  request.repeated = true;
  if (keeper_.phase() == Phase::refused) return request.answer(fail(*keeper_.error()));
  // The phase changes first, so that the request then waits for it.
  if (keeper_.phase() != Phase::up || !sent_before_login) keeper_.renew();
  dispatch(std::move(request));
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
  const std::deque<Request> ready = std::exchange(waiting_, {});
  patience_.reset();
  const Error error = keeper_.error().value_or(closed_error());
  // From here on this object may be destroyed by any of the callbacks.
  for (const Request& request : ready)
    request.answer(fail(error));
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
  const std::deque<Request> given_up = std::exchange(waiting_, {});
  patience_.reset();
  const Done login_done = std::exchange(login_done_, nullptr);
  if (running_.empty()) {
    log_out_now();
  } else {
    grace_ = scheduler_.after(dialect_.logout_grace, [this] { log_out_now(); });
  }
  for (const Request& request : given_up)
    request.answer(fail(closed_error()));
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
    running.request.answer(fail(closed_error()));
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
