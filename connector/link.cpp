#include "connector/link.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include "base/crypto/random.h"
#include "base/log/log.h"
#include "tunnel/codes.h"
#include "tunnel/wire_code.h"

namespace sfteams::connector {

using tunnel::FrameType;
using tunnel::WireCode;

namespace {

/// The websocket's close status beside a wire code; the code is what counts.
transport::CloseStatus status_beside(WireCode code) {
  switch (code) {
    case WireCode::normal:
      return transport::CloseStatus::normal;
    case WireCode::protocol_error:
    case WireCode::flow_control:
      return transport::CloseStatus::protocol_error;
    case WireCode::shutting_down:
      return transport::CloseStatus::going_away;
    case WireCode::try_again_later:
    case WireCode::pbx_offline:
    case WireCode::too_many_streams:
      return transport::CloseStatus::try_again_later;
    case WireCode::internal:
      return transport::CloseStatus::internal_error;
    default:
      return transport::CloseStatus::policy_violation;
  }
}

}  // namespace

std::uint16_t spread_retry(std::uint16_t least, std::uint16_t most) {
  return static_cast<std::uint16_t>(least + crypto::random_below(most - least + 1U));
}

std::uint16_t retry_in(transport::Duration wait) {
  constexpr std::int64_t kMost = std::numeric_limits<std::uint16_t>::max();
  const std::int64_t seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  return static_cast<std::uint16_t>(std::clamp<std::int64_t>(seconds, 1, kMost));
}

Link::Link(LinkContext& context, LinkOwner& owner, Origin origin,
           const transport::Keepalive& keepalive, PeerTally& tally, tunnel::Speaker speaker)
    : context_(context),
      owner_(owner),
      keepalive_(keepalive),
      tally_(tally),
      speaker_(speaker),
      wire_(std::move(origin.wire)),
      address_(origin.address),
      seat_(std::move(origin.seat)),
      outbox_([this] { wire_->wake(); }) {}

void Link::on_open() {
  ++tally_.connections;
  // Other nodes still have clients of agents that are here.
  if (context_.moving && speaker_ != tunnel::Speaker::node) {
    refuse(WireCode::shutting_down, "this node stops", 1);
    return;
  }
  if (!seat_) {
    refuse(WireCode::try_again_later, "too many connections at once",
           retry_in(booked_for() + std::chrono::seconds(spread_retry(2, 10))));
    return;
  }
  if (const Result<void> random = crypto::fill_random(nonce_); !random) {
    log::error("link", random.error());
    refuse(WireCode::internal, "no random numbers", spread_retry(5, 30));
    return;
  }
  state_ = State::challenged;
  outbox_.send(FrameType::challenge, 0, tunnel::encode_challenge(nonce_));
  wire_->start_keepalive(keepalive_);
  later(context_.configuration.limits.handshake,
        [this] { refuse(WireCode::timeout, "nothing was proved in time"); });
}

void Link::on_message(std::span<const std::uint8_t> message) {
  tunnel::FrameReader reader(message, speaker_);
  while (!closing()) {
    const Result<std::optional<tunnel::Frame>> frame = reader.next();
    if (frame && !*frame) return;
    const Result<void> taken = frame ? take(**frame) : fail(frame.error());
    if (!taken) {
      log::debug("link", "{} broke the protocol: {}", address_.to_string(),
                 describe(taken.error()));
      refuse(tunnel::wire_code_for(taken.error()), taken.error().message);
    }
  }
}

Result<void> Link::take(const tunnel::Frame& frame) {
  if (state_ == State::proven) return on_frame(frame);
  if (state_ != State::challenged) {
    return fail(tunnel::codes::kFrameUnexpected,
                std::string(tunnel::name_of(frame.type)) + " came before it was its turn");
  }
  state_ = State::judging;
  return on_proof(frame);
}

std::size_t Link::next_message(std::span<std::uint8_t> out) {
  return outbox_.next_message(out);
}

void Link::on_close(const transport::CloseInfo& info) {
  log::trace("link", "{} closed with status {}", address_.to_string(), info.status);
  timer_.reset();
  seat_.leave();
  if (std::exchange(state_, State::closing) != State::closing) on_leaving();
  owner_.ended(*this);
}

void Link::refuse(WireCode code, std::string_view reason, std::uint16_t retry_after) {
  if (closing()) return;
  metrics::Tally& kind = state_ == State::proven ? tally_.sent_away : tally_.proofs;
  kind.add(tunnel::code_of(code).id);
  outbox_.send(FrameType::refused, 0,
               tunnel::encode_refused({code, retry_after, std::string(reason)}));
  close(status_beside(code), reason);
}

void Link::close(transport::CloseStatus status, std::string_view reason) {
  if (std::exchange(state_, State::closing) == State::closing) return;
  timer_.reset();
  seat_.leave();
  on_leaving();
  wire_->close(status, reason);
}

Result<void> Link::relay(RelayEnd& end, std::span<const std::uint8_t> packet) {
  if (!end.joined()) return {};
  Result<void> passed = end.packet_from_link(packet);
  if (passed) {
    ++tally_.relayed_packets;
    tally_.relayed_bytes += packet.size();
  } else if (passed.error().code == tunnel::codes::kTooSlow) {
    context_.tallies.limits.add("buffer");
  }
  return passed;
}

void Link::be_proven() {
  tally_.proofs.add("ok");
  state_ = State::proven;
  timer_.reset();
  seat_.leave();
}

void Link::later(transport::Duration delay, std::function<void()> task) {
  if (delay.count() <= 0) {
    timer_.reset();
    task();
    return;
  }
  timer_ = context_.scheduler.after(delay, std::move(task));
}

tl::unexpected<Error> unexpected_frame(std::string_view peer, const tunnel::Frame& frame) {
  return fail(tunnel::codes::kFrameUnexpected,
              std::string(peer) + " may not send " + tunnel::name_of(frame.type) + " now");
}

}  // namespace sfteams::connector
