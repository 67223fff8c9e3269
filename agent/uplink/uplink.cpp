#include "agent/uplink/uplink.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/log/log.h"
#include "transport/codes.h"
#include "tunnel/codes.h"

namespace sfteams::agent {
namespace {

using transport::CloseInfo;
using transport::CloseStatus;

/// Only people can change what led to these.
bool needs_people(const Link::Failure& failure) {
  // Too many wrong passwords may lock an account elsewhere.
  if (failure.error.code == transport::codes::kProxyAuthentication) return true;
  if (!failure.refused) return false;
  const std::array codes{tunnel::codes::kNameTaken,
                         tunnel::codes::kNameNotEnrolled,
                         tunnel::codes::kRegistrationRefused,
                         tunnel::codes::kVersionUnsupported,
                         tunnel::codes::kReplaced,
                         tunnel::codes::kNameDisabled};
  return std::ranges::find(codes, failure.error.code) != codes.end();
}

/// Why a connection that was open has ended.
Error error_of(const CloseInfo& info) {
  if (info.error) return *info.error;
  switch (info.cause) {
    case CloseInfo::Cause::dead:
      return {transport::codes::kTimeout, "the connector did not answer a ping in time",
              "check the network between here and the connector"};
    case CloseInfo::Cause::peer:
      return {tunnel::codes::kSessionEnded,
              fmt::format("the connector closed the tunnel (status {}{}{})", info.status,
                          info.reason.empty() ? "" : ": ", info.reason),
              {}};
    case CloseInfo::Cause::local:
    case CloseInfo::Cause::lost:
    case CloseInfo::Cause::refused:
    case CloseInfo::Cause::bad_message:
      break;
  }
  return {transport::codes::kConnectFailed, "the connection to the connector broke",
          "check the network between here and the connector"};
}

}  // namespace

Uplink::Uplink(Setup setup, const ActiveKeys& keys)
    : setup_(std::move(setup)),
      keys_(keys),
      scheduler_(setup_.link.scheduler),
      backoff_(setup_.backoff, setup_.random) {}

Uplink::~Uplink() {
  // The websocket calls this object; it goes first.
  wire_.reset();
}

Result<void> Uplink::start() {
  return connect();
}

Result<void> Uplink::connect() {
  state_ = State::connecting;
  next_try_.reset();
  failure_.reset();
  Result<std::unique_ptr<Wire>> wire = setup_.dial(*this);
  if (!wire) return fail(wire.error());
  wire_ = std::move(*wire);
  return {};
}

void Uplink::connect_again() {
  if (const Result<void> started = connect(); !started) wait({started.error(), {}, false});
}

void Uplink::connect_soon() {
  state_ = State::connecting;
  last_error_.reset();
  next_try_.reset();
  retry_ = scheduler_.after(Duration(0), [this] { connect_again(); });
}

void Uplink::take(Way way) {
  setup_.dial = std::move(way.dial);
  setup_.link.system_name = std::move(way.system_name);
  setup_.keepalive = way.keepalive;
  setup_.backoff = way.backoff;
  backoff_.set_limits(way.backoff);
}

void Uplink::retune(Way way) {
  take(std::move(way));
  if (link_) wire_->start_keepalive(setup_.keepalive);
}

void Uplink::redirect(Way way) {
  take(std::move(way));
  backoff_ = transport::Backoff(setup_.backoff, setup_.random);
  if (stopped_) return;
  if (!link_) {
    // Dialling or waiting: nobody has to be told.
    wire_.reset();
    return connect_soon();
  }
  // The rest follows in on_close(). Until then the old tunnel may still be there, or even be
  // registered; neither says anything about the new way.
  redirected_ = true;
  state_ = State::connecting;
  last_error_.reset();
  const bool was_registered = std::exchange(registered_since_, std::nullopt).has_value();
  wire_->close(CloseStatus::going_away, "");
  if (was_registered) changed();
}

void Uplink::on_open() {
  Link::Events events;
  events.wake = [this] { wire_->wake(); };
  events.registered = [this] { on_registered(); };
  events.failed = [this](const Link::Failure& failure) { on_link_failed(failure); };
  link_ = std::make_unique<Link>(setup_.link, keys_, std::move(events));
  wire_->start_keepalive(setup_.keepalive);
}

void Uplink::on_message(std::span<const std::uint8_t> message) {
  counts_.received_bytes += message.size();
  link_->on_message(message);
}

std::size_t Uplink::next_message(std::span<std::uint8_t> out) {
  const std::size_t size = link_->next_message(out);
  counts_.sent_bytes += size;
  return size;
}

void Uplink::on_registered() {
  // The answer to what was asked before redirect() or stop().
  if (redirected_ || stopped_) return;
  const auto now = scheduler_.now();
  state_ = State::registered;
  registered_since_ = setup_.unix_now();
  last_error_.reset();
  last_report_.reset();
  backoff_.connected(now);
  ++counts_.registrations;
  log::info("tunnel", "registered at the connector as {}", setup_.link.system_name);
  changed();
}

void Uplink::on_link_failed(const Link::Failure& failure) {
  failure_ = failure;
  // The end comes as on_close().
  wire_->close(failure.refused ? CloseStatus::normal : CloseStatus::protocol_error, "");
}

void Uplink::on_close(const CloseInfo& info) {
  const bool was_registered = std::exchange(registered_since_, std::nullopt).has_value();
  retire_link();
  wire_.reset();
  if (stopped_) return finish_stop();
  if (std::exchange(redirected_, false)) {
    connect_soon();
    if (was_registered) changed();
    return;
  }
  wait(failure_.value_or(Link::Failure{error_of(info), {}, false}));
  if (was_registered) changed();
}

void Uplink::wait(const Link::Failure& failure) {
  counts_.failures.add(failure.error.code.id);
  const auto now = scheduler_.now();
  const Duration asked =
      needs_people(failure) ? std::max(failure.retry_after, kRefusedPause) : failure.retry_after;
  const bool moved = failure.error.code == tunnel::codes::kShuttingDown && asked == Duration(0);
  const Duration pause = moved ? backoff_.moved(now) : backoff_.failed(now, asked);
  report(failure, pause);
  state_ = State::waiting;
  last_error_ = failure.error;
  next_try_ = now + pause;
  retry_ = scheduler_.after(pause, [this] { connect_again(); });
}

void Uplink::report(const Link::Failure& failure, Duration pause) {
  const auto now = scheduler_.now();
  const bool repeated = last_error_ && last_error_->code == failure.error.code && last_report_ &&
                        now - *last_report_ < kLogPause;
  constexpr auto kNextTry = "{}; next try in {} ms";
  const std::int64_t next = pause.count();
  if (repeated) return log::debug("tunnel", kNextTry, describe(failure.error), next);
  last_report_ = now;
  if (needs_people(failure)) return log::error("tunnel", kNextTry, describe(failure.error), next);
  log::warn("tunnel", kNextTry, describe(failure.error), next);
}

void Uplink::retire_link() {
  retired_link_ = std::move(link_);
  // Before the websocket goes: a session that says something now keeps it for its client.
  if (retired_link_) retired_link_->disconnected();
  // In a later turn: the link may be on the stack.
  retirement_ = scheduler_.after(Duration(0), [this] { retired_link_.reset(); });
}

void Uplink::keys_changed() {
  if (link_) link_->keys_changed();
}

void Uplink::stop(std::function<void()> done) {
  stopped_ = std::move(done);
  retry_.reset();
  next_try_.reset();
  if (!wire_) return finish_stop();
  if (link_) {
    link_->drain();
    close_when_drained();
  } else {
    wire_.reset();
    finish_stop();
  }
}

void Uplink::close_when_drained() {
  if (!link_) return;
  if (link_->streams() == 0) return wire_->close(CloseStatus::going_away, "");
  // Short, and only while the process ends.
  drain_ = scheduler_.after(Duration(20), [this] { close_when_drained(); });
}

void Uplink::finish_stop() {
  state_ = State::stopped;
  drain_ = scheduler_.after(Duration(0), stopped_);
}

void Uplink::changed() const {
  if (setup_.on_change) setup_.on_change();
}

Uplink::Status Uplink::status() const {
  const auto now = scheduler_.now();
  Status status;
  status.state = state_;
  status.registered_since = registered_since_;
  if (wire_ && registered_since_) status.round_trip = wire_->round_trip();
  if (link_ && registered_since_) status.keys = link_->keys_at_connector();
  status.last_error = last_error_;
  if (next_try_)
    status.next_try = std::max(std::chrono::ceil<Duration>(*next_try_ - now), Duration(0));
  return status;
}

}  // namespace sfteams::agent
