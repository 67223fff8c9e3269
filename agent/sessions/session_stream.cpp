#include "agent/sessions/session_stream.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/log/log.h"
#include "tunnel/codes.h"
#include "tunnel/limits.h"

namespace sfteams::agent {

using tunnel::WireCode;

Result<std::unique_ptr<SessionStream>> SessionStream::create(Setup setup) {
  tunnel::SessionChannelOptions options;
  options.role = tunnel::SessionChannelOptions::Role::agent;
  options.name = setup.system_name;
  options.pre_shared_key = setup.pre_shared_key.clone();
  Result<tunnel::SessionChannel> channel = tunnel::SessionChannel::create(std::move(options));
  if (!channel) return fail(channel.error());
  return std::unique_ptr<SessionStream>(new SessionStream(std::move(setup), std::move(*channel)));
}

SessionStream::SessionStream(Setup setup, tunnel::SessionChannel channel)
    : scheduler_(setup.scheduler),
      outbox_(setup.outbox),
      sessions_(setup.sessions),
      key_(setup.key),
      on_over_(std::move(setup.on_over)),
      channel_(std::move(channel)) {
  stream_.emplace(outbox_, setup.stream, *this);
  set_deadline(tunnel::kSessionDeadline, "no session was opened in time");
}

SessionStream::~SessionStream() {
  if (session_ != nullptr) session_->on_lost(channel_.leave());
}

void SessionStream::on_data(std::span<const std::uint8_t> packet) {
  if (state_ != State::running) return;  // it was on its way when we ended
  if (const Result<void> taken = receive_credit_.arrived(packet.size()); !taken) {
    return fail_session(tunnel::wire_code_for(taken.error()), "more data than credit");
  }
  const std::uint64_t acknowledged = channel_.acknowledged();
  if (const Result<void> opened = channel_.receive(packet, scheduler_.now()); !opened) {
    log::debug("session", "stream {}: {}", stream_->id(), describe(opened.error()));
    return fail_session(tunnel::wire_code_for(opened.error()), "");
  }
  take_events();
  if (state_ == State::over) return;
  if (channel_.acknowledged() != acknowledged) last_taken_ = scheduler_.now();
  if (session_ != nullptr) session_->on_held();
  if (state_ == State::over) return;
  receive_credit_.consumed(packet.size());
  stream_->window(receive_credit_.take_update());
  wake();
}

void SessionStream::take_events() {
  while (state_ == State::running) {
    const Result<std::optional<tunnel::SessionEvent>> event = channel_.next_event();
    if (!event) {
      log::debug("session", "stream {}: {}", stream_->id(), describe(event.error()));
      return fail_session(tunnel::wire_code_for(event.error()), "");
    }
    if (!*event) return;
    take(**event);
  }
}

void SessionStream::take(const tunnel::SessionEvent& event) {
  if (const auto* asked = std::get_if<tunnel::session_event::OpenAsked>(&event)) {
    open(asked->software);
  } else if (const auto* back = std::get_if<tunnel::session_event::ResumeAsked>(&event)) {
    resume(back->request);
  } else if (const auto* message = std::get_if<tunnel::session_event::Message>(&event)) {
    session_->on_message(message->text);
  } else if (std::holds_alternative<tunnel::session_event::Closed>(event)) {
    fail_session(WireCode::normal, "");
  }
}

void SessionStream::open(std::string_view software) {
  const Result<Session*> session = sessions_.open(key_);
  if (!session) {
    log::warn("session", "a client was turned away: {}", describe(session.error()));
    return refuse(tunnel::wire_code_for(session.error()), "");
  }
  deadline_.reset();
  session_ = *session;
  const auto window = std::chrono::duration_cast<std::chrono::seconds>(session_->window());
  channel_.accept(session_->id(), session_->secret().bytes(),
                  static_cast<std::uint32_t>(window.count()));
  session_->open_on(*this, software, channel_.handshake_hash());
}

void SessionStream::resume(const tunnel::ResumeRecord& request) {
  const auto found = sessions_.find(request, channel_.handshake_hash());
  if (!found) return refuse(found.error(), "");
  Session* const session = *found;
  std::unique_ptr<tunnel::SessionLedger> ledger = session->move_to(*this, request.received);
  if (!ledger) return refuse(session->refusal(), "");
  deadline_.reset();
  session_ = session;
  channel_.resume(std::move(ledger), request.received);
  last_taken_ = scheduler_.now();
  watch_reading();
}

void SessionStream::refuse(WireCode code, std::string_view reason) {
  channel_.refuse(code, reason);
  end_after_queue(code, reason);
}

void SessionStream::on_window(std::uint32_t credit) {
  if (state_ == State::over) return;
  if (const Result<void> added = send_credit_.add(credit); !added) {
    return fail_session(tunnel::wire_code_for(added.error()), "more credit than allowed");
  }
  last_taken_ = scheduler_.now();
  our_turn_ = true;
  stream_->ready();
}

void SessionStream::on_gone() {
  stream_.reset();
  if (Session* session = std::exchange(session_, nullptr)) session->on_lost(channel_.leave());
  be_over();
}

tunnel::Pull SessionStream::next_packet(std::span<std::uint8_t> out) {
  const tunnel::Pull pull = channel_.next_packet(out, send_credit_.available(), scheduler_.now());
  send_credit_.spend(pull.size);
  if (pull.size > 0) last_taken_ = scheduler_.now();
  our_turn_ = pull.next == tunnel::Pull::Next::more;
  return pull;
}

void SessionStream::on_close_written() {
  on_gone();
}

void SessionStream::end(WireCode code, std::string_view reason) {
  if (session_ != nullptr) return session_->end(code, reason);
  finish(code, reason);
}

Result<void> SessionStream::send(std::string_view message) {
  if (channel_.queued_bytes() == 0) last_taken_ = scheduler_.now();
  Result<void> queued = channel_.send(message);
  if (queued) {
    wake();
    watch_reading();
  }
  return queued;
}

bool SessionStream::is_stuck() const {
  return channel_.queued_bytes() > 0 && !our_turn_ && scheduler_.now() - last_taken_ >= kStuck;
}

void SessionStream::finish(WireCode code, std::string_view reason) {
  session_ = nullptr;
  if (state_ != State::running) return;
  channel_.close(code, reason);
  end_after_queue(code, reason);
}

std::unique_ptr<tunnel::SessionLedger> SessionStream::leave() {
  session_ = nullptr;
  return channel_.leave();
}

void SessionStream::end_after_queue(WireCode code, std::string_view reason) {
  state_ = State::ending;
  stream_->finish(code, reason);
  set_deadline(kFarewell, "the client did not take the rest");
}

void SessionStream::fail_session(WireCode code, std::string_view reason) {
  if (Session* session = std::exchange(session_, nullptr)) session->on_closed();
  abort(code, reason);
}

void SessionStream::abort(WireCode code, std::string_view reason) {
  session_ = nullptr;
  if (state_ == State::over) return;
  const std::uint32_t id = stream_->id();
  stream_.reset();
  channel_.discard();
  outbox_.close(id, code, reason);
  be_over();
}

void SessionStream::be_over() {
  if (std::exchange(state_, State::over) == State::over) return;
  deadline_.reset();
  acknowledgement_.reset();
  reading_.reset();
  on_over_();
}

void SessionStream::wake() {
  if (state_ == State::over) return;
  if (channel_.wants_to_send(scheduler_.now())) {
    our_turn_ = true;
    stream_->ready();
  }
  wait_for_acknowledgement();
}

void SessionStream::wait_for_acknowledgement() {
  const auto due = channel_.deadline();
  // One timer at a time: it may ring for an acknowledgement that has left with other data, and then
  // looks again.
  if (!due || acknowledgement_) return;
  const auto wait = std::chrono::ceil<Duration>(*due - scheduler_.now());
  // Due already: it waits for credit, not for time.
  if (wait <= Duration(0)) return;
  acknowledgement_ = scheduler_.after(wait, [this] {
    acknowledgement_.reset();
    wake();
  });
}

void SessionStream::watch_reading() {
  // One timer at a time: it may ring for what has been taken meanwhile, and then looks again.
  if (reading_ || state_ != State::running || channel_.queued_bytes() == 0) return;
  const auto due = last_taken_ + sessions_.limits().read_timeout;
  // Now and then in any case: the limit may be lowered meanwhile.
  const auto wait =
      std::clamp(std::chrono::ceil<Duration>(due - scheduler_.now()), Duration(0), kStuck);
  reading_ = scheduler_.after(wait, [this] {
    reading_.reset();
    check_reading();
  });
}

void SessionStream::check_reading() {
  if (our_turn_) last_taken_ = scheduler_.now();
  if (session_ == nullptr || state_ != State::running) return;
  const auto idle = scheduler_.now() - last_taken_;
  if (channel_.queued_bytes() == 0 || idle < sessions_.limits().read_timeout) {
    return watch_reading();
  }
  session_->drop("read-timeout", "this client has taken nothing for too long");
}

void SessionStream::set_deadline(Duration delay, const char* reason) {
  deadline_ = scheduler_.after(delay, [this, reason] { fail_session(WireCode::timeout, reason); });
}

}  // namespace sfteams::agent
