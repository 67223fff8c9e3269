#include "client/link.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <utility>
#include <variant>

#include "base/error/counted.h"
#include "client/codes.h"
#include "tunnel/codes.h"
#include "tunnel/control.h"
#include "tunnel/limits.h"
#include "tunnel/wire_code.h"

namespace sfteams::client {
namespace {

using tunnel::WireCode;

template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <typename... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

/// Of these the session has died, or another link would fare no better.
bool is_final(WireCode code) {
  switch (code) {
    case WireCode::normal:
    case WireCode::pbx_offline:
    case WireCode::try_again_later:
    case WireCode::too_many_streams:
    case WireCode::timeout:
    case WireCode::shutting_down:
    case WireCode::internal:
      return false;
    default:
      return true;
  }
}

tl::unexpected<LinkFailure> broken(Error error) {
  return tl::unexpected(LinkFailure{std::move(error), false, {}});
}

tl::unexpected<LinkFailure> unexpected_frame(tunnel::FrameType type) {
  return broken(Error{
      codes::kProtocol,
      std::string("the connector sent a ") + tunnel::name_of(type) + " frame where none may come",
      "check that the connector's version fits this client"});
}

LinkFailure lost(const transport::CloseInfo& info) {
  using Cause = transport::CloseInfo::Cause;
  if (info.error) return {*info.error, info.cause != Cause::bad_message, {}};
  std::string how = "the connection to the connector broke";
  if (info.cause == Cause::dead) how = "the connector stopped answering";
  if (info.cause == Cause::peer) how = "the connector closed the connection";
  if (info.cause == Cause::peer && !info.reason.empty()) how += ": " + info.reason;
  return {Error{codes::kConnectionLost, std::move(how), "connect again"}, true, {}};
}

tl::unexpected<LinkFailure> refused(const tunnel::Refusal& refusal) {
  Error error = tunnel::told_error(refusal.code, refusal.reason, "the connector");
  if (refusal.retry_after > 0)
    error.hint = "try again in " + counted(refusal.retry_after, "second");
  return tl::unexpected(LinkFailure{std::move(error), !is_final(refusal.code),
                                    std::chrono::seconds(refusal.retry_after)});
}

}  // namespace

Result<std::unique_ptr<Link>> Link::start(Setup setup, LinkHandler& handler) {
  tunnel::SessionChannelOptions options;
  options.role = tunnel::SessionChannelOptions::Role::client;
  options.name = setup.access.name();
  options.pre_shared_key = setup.access.pre_shared_key().clone();
  options.software = setup.dial.user_agent;
  options.resume = std::move(setup.ticket);
  options.ledger = std::move(setup.ledger);
  Result<tunnel::SessionChannel> channel = tunnel::SessionChannel::create(std::move(options));
  if (!channel) return fail(channel.error());

  transport::Network& network = setup.network;
  const transport::DialOptions dial = setup.dial;
  std::unique_ptr<Link> link(new Link(std::move(setup), handler, std::move(*channel)));
  Result<std::unique_ptr<transport::Websocket>> websocket = transport::dial(network, dial, *link);
  if (!websocket) return fail(websocket.error());
  link->websocket_ = std::move(*websocket);
  return link;
}

Link::Link(Setup setup, LinkHandler& handler, tunnel::SessionChannel channel)
    : loop_(setup.network.loop()),
      handler_(handler),
      access_(setup.access),
      keepalive_(setup.keepalive),
      channel_(std::move(channel)),
      outbox_([this] {
        if (websocket_) websocket_->wake();
      }) {
  open_timer_ = loop_.after(setup.open_timeout, [this] {
    const char* who = stage_ == Stage::handshake ? "the agent beside the PBX" : "the connector";
    end(LinkFailure{
        Error{codes::kTimeout, std::string(who) + " did not answer in time",
              "try again; if it stays so, ask the administrator for the agent's status"},
        true,
        {}});
  });
}

Link::~Link() = default;

Result<void> Link::send(std::string_view message) {
  Result<void> queued = channel_.send(message);
  if (queued) flush();
  return queued;
}

void Link::close() {
  if (stage_ == Stage::closing || stage_ == Stage::over) return;
  stage_ = Stage::closing;
  channel_.close(WireCode::normal, "");
  if (stream_) {
    stream_->finish(WireCode::normal, "");
  } else {
    websocket_->close(transport::CloseStatus::normal, "");
  }
}

std::unique_ptr<tunnel::SessionLedger> Link::leave() {
  return channel_.leave();
}

// --- the websocket -------------------------------------------------------------------------------

void Link::on_open() {
  if (stage_ == Stage::connecting) stage_ = Stage::challenge;
  websocket_->start_keepalive(keepalive_);
}

void Link::on_message(std::span<const std::uint8_t> message) {
  const transport::Alive::Watch self = alive_.watch();
  tunnel::FrameReader reader(message);
  while (stage_ != Stage::over) {
    const Result<std::optional<tunnel::Frame>> frame = reader.next();
    if (frame && !*frame) return;
    const Taken taken = frame ? take_frame(**frame) : broken(frame.error());
    if (self.gone()) return;
    if (!taken) return end(taken.error());
  }
}

std::size_t Link::next_message(std::span<std::uint8_t> out) {
  return outbox_.next_message(out);
}

void Link::on_close(const transport::CloseInfo& info) {
  if (stage_ == Stage::closing && info.cause == transport::CloseInfo::Cause::local) {
    end(std::nullopt);
  } else {
    end(lost(info));
  }
}

Link::Taken Link::take_frame(const tunnel::Frame& frame) {
  using tunnel::FrameType;
  const bool ours = stream_ && frame.stream == stream_->id();
  switch (frame.type) {
    case FrameType::challenge:
      if (stage_ == Stage::challenge) return answer_challenge(frame.payload);
      break;
    case FrameType::admitted:
      if (stage_ == Stage::admission) return admitted();
      break;
    case FrameType::refused: {
      const Result<tunnel::Refusal> refusal = tunnel::decode_refused(frame.payload);
      if (!refusal) return broken(refusal.error());
      return refused(*refusal);
    }
    case FrameType::data:
      if (ours) return take_packet(frame.payload);
      break;
    case FrameType::window: {
      if (!ours) break;
      const Result<std::uint32_t> credit = tunnel::decode_window(frame.payload);
      if (!credit) return broken(credit.error());
      if (const Result<void> added = send_credit_.add(*credit); !added) {
        return broken(added.error());
      }
      flush();
      return {};
    }
    case FrameType::close: {
      if (!ours) break;
      const Result<tunnel::StreamClose> closed = tunnel::decode_close(frame.payload);
      if (!closed) return broken(closed.error());
      return tl::unexpected(
          LinkFailure{tunnel::told_error(closed->code, closed->reason, "the agent"),
                      !is_final(closed->code),
                      {}});
    }
    default:
      break;
  }
  return unexpected_frame(frame.type);
}

Link::Taken Link::answer_challenge(std::span<const std::uint8_t> payload) {
  const Result<tunnel::Nonce> nonce = tunnel::decode_challenge(payload);
  if (!nonce) return broken(nonce.error());
  outbox_.send(
      tunnel::FrameType::admit, 0,
      tunnel::make_admit(access_.admission_key(), *nonce, access_.name(), access_.key_id()));
  stage_ = Stage::admission;
  return {};
}

Link::Taken Link::admitted() {
  stage_ = Stage::handshake;
  stream_.emplace(outbox_, tunnel::kClientStream, static_cast<tunnel::PacketSource&>(*this));
  flush();
  return {};
}

// --- the session ---------------------------------------------------------------------------------

Link::Taken Link::take_packet(std::span<const std::uint8_t> packet) {
  if (const Result<void> credit = receive_credit_.arrived(packet.size()); !credit) {
    return broken(credit.error());
  }
  if (stage_ == Stage::closing) return {};
  const transport::Alive::Watch self = alive_.watch();
  if (const Result<void> received = channel_.receive(packet, loop_.now()); !received) {
    return broken(received.error());
  }
  while (true) {
    const Result<std::optional<tunnel::SessionEvent>> event = channel_.next_event();
    if (!event) return broken(event.error());
    if (!*event) break;
    Taken taken = take_event(**event);
    if (self.gone() || !taken) return taken;
  }
  receive_credit_.consumed(packet.size());
  stream_->window(receive_credit_.take_update());
  flush();
  return {};
}

Link::Taken Link::take_event(const tunnel::SessionEvent& event) {
  namespace session_event = tunnel::session_event;
  const auto is_open = [this] {
    if (stage_ == Stage::handshake) stage_ = Stage::open;
    open_timer_.reset();
  };
  return std::visit(
      Overloaded{
          [&](const session_event::Opened& opened) -> Taken {
            is_open();
            handler_.on_opened(opened.session, channel_.handshake_hash());
            return {};
          },
          [&](const session_event::Resumed&) -> Taken {
            is_open();
            handler_.on_resumed();
            return {};
          },
          [this](const session_event::Message& message) -> Taken {
            if (const Result<void> taken = handler_.on_text(message.text); !taken) {
              return broken(taken.error());
            }
            return {};
          },
          [](const session_event::Closed& closed) -> Taken {
            return broken(tunnel::told_error(closed.code, closed.reason, "the agent"));
          },
          [](const auto&) -> Taken { return {}; },
      },
      event);
}

tunnel::Pull Link::next_packet(std::span<std::uint8_t> out) {
  const tunnel::Pull pull = channel_.next_packet(out, send_credit_.available(), loop_.now());
  if (pull.size > 0) send_credit_.spend(pull.size);
  return pull;
}

void Link::on_close_written() {
  websocket_->close(transport::CloseStatus::normal, "");
}

void Link::flush() {
  if (!stream_) return;
  if (channel_.wants_to_send(loop_.now())) stream_->ready();
  arm_acknowledgement();
}

void Link::arm_acknowledgement() {
  // One that is armed already is early enough: a later deadline finds it re-armed.
  if (acknowledge_timer_) return;
  const std::optional<tunnel::SteadyTime> deadline = channel_.deadline();
  if (!deadline) return;
  const auto wait = std::chrono::ceil<transport::Duration>(*deadline - loop_.now());
  // Due already: it waits for credit, not for time.
  if (wait <= transport::Duration(0)) return;
  acknowledge_timer_ = loop_.after(wait, [this] {
    acknowledge_timer_.reset();
    flush();
  });
}

void Link::end(const std::optional<LinkFailure>& failure) {
  if (stage_ == Stage::over) return;
  stage_ = Stage::over;
  open_timer_.reset();
  acknowledge_timer_.reset();
  stream_.reset();
  websocket_.reset();
  handler_.on_over(failure);
}

}  // namespace sfteams::client
