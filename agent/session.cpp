#include "agent/session.h"

#include <chrono>
#include <utility>

#include "crypto/random.h"
#include "log/log.h"
#include "tunnel/codes.h"
#include "tunnel/limits.h"

namespace sfteams::agent {

using tunnel::WireCode;

Result<std::unique_ptr<Session>> Session::create(Setup setup, const MakeTalk& talk) {
  tunnel::SessionChannelOptions options;
  options.role = tunnel::SessionChannelOptions::Role::agent;
  options.name = setup.system_name;
  options.pre_shared_key = setup.pre_shared_key.clone();
  Result<tunnel::SessionChannel> channel = tunnel::SessionChannel::create(std::move(options));
  if (!channel) return fail(channel.error());
  std::unique_ptr<Session> session(new Session(std::move(setup), std::move(*channel)));
  session->talk_ = talk(*session);
  return session;
}

Session::Session(Setup setup, tunnel::SessionChannel channel)
    : scheduler_(setup.scheduler),
      outbox_(setup.outbox),
      on_over_(std::move(setup.on_over)),
      channel_(std::move(channel)) {
  stream_.emplace(outbox_, setup.stream, *this);
  set_deadline(tunnel::kSessionDeadline, "no session was opened in time");
}

void Session::on_data(std::span<const std::uint8_t> packet) {
  if (state_ != State::running) return;  // it was on its way when we ended
  if (const Result<void> taken = receive_credit_.arrived(packet.size()); !taken) {
    return abort(tunnel::wire_code_for(taken.error()), "more data than credit");
  }
  if (const Result<void> opened = channel_.receive(packet, scheduler_.now()); !opened) {
    log::debug("session", "stream {}: {}", stream_->id(), describe(opened.error()));
    return abort(tunnel::wire_code_for(opened.error()), "");
  }
  take_events();
  if (state_ == State::over) return;
  receive_credit_.consumed(packet.size());
  stream_->window(receive_credit_.take_update());
  wake();
}

void Session::take_events() {
  while (state_ == State::running) {
    const Result<std::optional<tunnel::SessionEvent>> event = channel_.next_event();
    if (!event) {
      log::debug("session", "stream {}: {}", stream_->id(), describe(event.error()));
      return abort(tunnel::wire_code_for(event.error()), "");
    }
    if (!*event) return;
    take(**event);
  }
}

void Session::take(const tunnel::SessionEvent& event) {
  if (const auto* asked = std::get_if<tunnel::session_event::OpenAsked>(&event)) {
    open(asked->software);
  } else if (std::holds_alternative<tunnel::session_event::ResumeAsked>(event)) {
    channel_.refuse(WireCode::session_unknown, "");
    leave(WireCode::session_unknown, "");
  } else if (const auto* message = std::get_if<tunnel::session_event::Message>(&event)) {
    talk_->on_message(message->text);
  } else if (std::holds_alternative<tunnel::session_event::Closed>(event)) {
    abort(WireCode::normal, "");
  }
}

void Session::open(std::string_view software) {
  tunnel::SessionId id{};
  crypto::Secret resume_secret(32);
  if (!crypto::fill_random(id) || !crypto::fill_random_private(resume_secret.bytes())) {
    return abort(WireCode::internal, "");
  }
  deadline_.reset();
  opened_ = true;
  channel_.accept(id, resume_secret.bytes(), 0);
  talk_->on_opened(software);
}

void Session::on_window(std::uint32_t credit) {
  if (state_ == State::over) return;
  if (const Result<void> added = send_credit_.add(credit); !added) {
    return abort(tunnel::wire_code_for(added.error()), "more credit than allowed");
  }
  stream_->ready();
}

void Session::on_gone() {
  stream_.reset();
  be_over();
}

tunnel::Pull Session::next_packet(std::span<std::uint8_t> out) {
  const tunnel::Pull pull = channel_.next_packet(out, send_credit_.available(), scheduler_.now());
  send_credit_.spend(pull.size);
  return pull;
}

void Session::on_close_written() {
  on_gone();
}

bool Session::say(std::string_view text) {
  if (state_ != State::running) return true;
  if (const Result<void> queued = channel_.send(text); !queued) {
    if (queued.error().code == tunnel::codes::kTooLarge) return false;
    abort(tunnel::wire_code_for(queued.error()), "");
    return true;
  }
  wake();
  return true;
}

void Session::end(WireCode code, std::string_view reason) {
  if (state_ != State::running) return;
  channel_.close(code, reason);
  leave(code, reason);
}

void Session::leave(WireCode code, std::string_view reason) {
  state_ = State::ending;
  stream_->finish(code, reason);
  farewell_to_talk_ = scheduler_.after(Duration(0), [this] { talk_.reset(); });
  set_deadline(kFarewell, "the client did not take the rest");
}

void Session::abort(WireCode code, std::string_view reason) {
  if (state_ == State::over) return;
  const std::uint32_t id = stream_->id();
  stream_.reset();
  outbox_.close(id, code, reason);
  be_over();
}

void Session::be_over() {
  if (std::exchange(state_, State::over) == State::over) return;
  deadline_.reset();
  acknowledgement_.reset();
  on_over_();
}

void Session::wake() {
  if (state_ == State::over) return;
  if (channel_.wants_to_send(scheduler_.now())) stream_->ready();
  wait_for_acknowledgement();
}

void Session::wait_for_acknowledgement() {
  const auto due = channel_.deadline();
  // One timer at a time: it may ring for an acknowledgement that has left with other data, and then
  // looks again.
  if (!due || acknowledgement_) return;
  const auto wait = std::chrono::ceil<Duration>(*due - scheduler_.now());
  acknowledgement_ = scheduler_.after(std::max(wait, Duration(0)), [this] {
    acknowledgement_.reset();
    wake();
  });
}

void Session::set_deadline(Duration delay, const char* reason) {
  deadline_ = scheduler_.after(delay, [this, reason] { abort(WireCode::timeout, reason); });
}

}  // namespace sfteams::agent
