#include "connector/node_line.h"

#include <array>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "base/crypto/random.h"
#include "base/log/log.h"
#include "connector/cluster/codes.h"
#include "connector/cluster/node_frames.h"
#include "connector/cluster/node_proof.h"
#include "connector/link.h"
#include "connector/node_limits.h"
#include "tunnel/codes.h"
#include "tunnel/limits.h"
#include "tunnel/wire_code.h"

namespace sfteams::connector {

using transport::CloseStatus;
using tunnel::Frame;
using tunnel::FrameType;
using tunnel::WireCode;

namespace {

Error lost_line(const transport::CloseInfo& info) {
  if (info.error) return *info.error;
  const bool dead = info.cause == transport::CloseInfo::Cause::dead;
  return {tunnel::codes::kTimeout, dead ? "it stopped answering" : "the connection broke", ""};
}

}  // namespace

void EnterWait::finish(EnterOutcome outcome) {
  if (!done) return;
  constexpr std::array<std::string_view, std::variant_size_v<EnterOutcome>> kKinds{
      "entered", "turned-away", "not-here", "unreachable", "crowded"};
  outcomes.add(kKinds.at(outcome.index()));
  timer.reset();
  std::exchange(done, nullptr)(std::move(outcome));
}

NodeLine::NodeLine(LinkContext& context, NodeLines& owner, const Place& place)
    : context_(context),
      owner_(owner),
      place_(place),
      outbox_([this] { wire_->wake(); }),
      budget_(std::make_shared<BufferBudget>(context.configuration.limits.agent_buffer,
                                             context.buffers)) {}

NodeLine::~NodeLine() = default;

Result<void> NodeLine::dial(const NodeLines::Dial& dial) {
  Result<std::unique_ptr<Wire>> wire = dial(place_.url, *this);
  if (!wire) return fail(wire.error());
  wire_ = std::move(*wire);
  timer_ = context_.scheduler.after(NodeLines::kDialDeadline, [this] {
    leave({tunnel::codes::kTimeout, "it did not answer in time", ""}, CloseStatus::going_away);
  });
  return {};
}

bool NodeLine::add(const std::shared_ptr<EnterWait>& wait) {
  if (waiting_.size() >= NodeLines::kMaxWaiting)
    std::erase_if(waiting_, [](const auto& each) { return each.expired(); });
  if (waiting_.size() >= NodeLines::kMaxWaiting || streams_.size() >= kMaxNodeStreams) return false;
  waiting_.push_back(wait);
  if (proven()) timer_.reset();
  send_waiting();
  return true;
}

void NodeLine::forget_answered() {
  const auto answered = [this](std::uint32_t number) {
    const auto stream = streams_.find(number);
    return stream == streams_.end() || stream->second.end != nullptr;
  };
  while (!asked_.empty() && answered(asked_.front().first))
    asked_.pop_front();
}

bool NodeLine::leave_if_overdue() {
  forget_answered();
  if (asked_.empty() || context_.scheduler.now() - asked_.front().second < NodeLines::kOverdue)
    return false;
  leave({tunnel::codes::kTimeout, "it does not answer whether a client may come", ""},
        CloseStatus::going_away);
  return true;
}

void NodeLine::on_open() {
  state_ = State::opened;
  wire_->start_keepalive(kNodeKeepalive);
}

void NodeLine::on_message(std::span<const std::uint8_t> message) {
  tunnel::FrameReader reader(message, tunnel::Speaker::node);
  while (state_ != State::leaving) {
    const Result<std::optional<Frame>> frame = reader.next();
    if (frame && !*frame) return;
    const Result<void> taken = frame ? take(**frame) : fail(frame.error());
    if (!taken) leave(taken.error(), CloseStatus::protocol_error);
  }
}

Result<void> NodeLine::take(const Frame& frame) {
  if (frame.type == FrameType::refused) {
    const Result<tunnel::Refusal> refusal = tunnel::decode_refused(frame.payload);
    if (!refusal) return fail(refusal.error());
    leave(tunnel::told_error(refusal->code, refusal->reason, "the other node"),
          CloseStatus::normal);
    return {};
  }
  switch (state_) {
    case State::opened:
      return take_challenge(frame);
    case State::greeted:
      return take_welcome(frame);
    case State::proven:
      return take_frame(frame);
    default:
      return unexpected_frame("a node", frame);
  }
}

Result<void> NodeLine::take_challenge(const Frame& frame) {
  if (frame.type != FrameType::challenge) return unexpected_frame("a node", frame);
  const Result<tunnel::Nonce> challenge = tunnel::decode_challenge(frame.payload);
  if (!challenge) return fail(challenge.error());
  if (Result<void> random = crypto::fill_random(nonce_); !random) return random;
  challenge_ = *challenge;
  state_ = State::greeted;
  outbox_.send(
      FrameType::node_hello, 0,
      make_node_hello(*context_.cluster_keys, *context_.node, place_.node, challenge_, nonce_));
  return {};
}

Result<void> NodeLine::take_welcome(const Frame& frame) {
  if (frame.type != FrameType::node_welcome) return unexpected_frame("a node", frame);
  const Result<NodeWelcome> welcome = verify_node_welcome(*context_.cluster_keys, *context_.node,
                                                          frame.payload, challenge_, nonce_);
  if (!welcome) {
    if (welcome.error().code == codes::kNodeProofWrong)
      context_.node_proof_alarm.ring(place_.url, context_.scheduler.now());
    return fail(welcome.error());
  }
  if (welcome->node != place_.node) {
    const Error other{
        codes::kNodeOther,
        "node " + welcome->node + " answers at " + place_.url + " instead of " + place_.node,
        "set [cluster] peer-url of each node to an address that leads to it alone"};
    log::warn("cluster", other);
    return fail(other);
  }
  // It was started again: who had its address from before asks again.
  if (welcome->boot != place_.boot)
    return fail(codes::kNodeOther, "node " + place_.node + " has been started again");
  state_ = State::proven;
  timer_.reset();
  context_.tallies.lines.dials.add("ok");
  log::info("cluster", "linked to node {} at {}", place_.node, place_.url);
  send_waiting();
  return {};
}

Result<void> NodeLine::take_frame(const Frame& frame) {
  switch (frame.type) {
    case FrameType::entered:
    case FrameType::turned_away:
    case FrameType::not_here:
      return take_answer(frame);
    case FrameType::data:
    case FrameType::window:
    case FrameType::close:
      return take_stream_frame(frame);
    default:
      return unexpected_frame("a node", frame);
  }
}

Result<void> NodeLine::take_answer(const Frame& frame) {
  const auto found = streams_.find(frame.stream);
  // A stream stays until its answer has come, so there is none that is merely late.
  if (found == streams_.end() || found->second.end) return unexpected_frame("a node", frame);
  switch (frame.type) {
    case FrameType::entered:
      take_entered(found);
      break;
    case FrameType::turned_away: {
      Result<tunnel::Refusal> refusal = decode_turned_away(frame.payload);
      if (!refusal) return fail(refusal.error());
      finish(found, std::move(*refusal));
      break;
    }
    default:
      finish(found, NotHere{});
  }
  send_waiting();
  return {};
}

void NodeLine::take_entered(Streams::iterator stream) {
  const std::uint32_t number = stream->first;
  const std::shared_ptr<EnterWait> wait = stream->second.wait.lock();
  --in_flight_;
  if (!wait || !wait->done) {
    streams_.erase(stream);
    outbox_.close(number, WireCode::normal, "the client has gone");
    return;
  }
  stream->second.end =
      std::make_unique<RelayEnd>(outbox_, number, budget_, static_cast<RelayOwner&>(*this));
  auto client_end =
      std::make_unique<RelayEnd>(wait->client_outbox, tunnel::kClientStream, budget_, wait->client);
  RelayEnd::join(*stream->second.end, *client_end);
  wait->finish(Entered{std::move(client_end)});
}

void NodeLine::finish(Streams::iterator stream, EnterOutcome outcome) {
  const std::shared_ptr<EnterWait> wait = stream->second.wait.lock();
  streams_.erase(stream);
  --in_flight_;
  if (wait) wait->finish(std::move(outcome));
}

Result<void> NodeLine::take_stream_frame(const Frame& frame) {
  const auto found = streams_.find(frame.stream);
  if (found == streams_.end()) {
    if (frame.stream <= last_stream_) return {};  // It was in flight when the stream ended.
    return fail(tunnel::codes::kFrameStream,
                std::string(tunnel::name_of(frame.type)) + " came for a stream never opened");
  }
  if (!found->second.end) return unexpected_frame("a node", frame);
  RelayEnd& end = *found->second.end;
  if (frame.type == FrameType::close) {
    const Result<tunnel::StreamClose> told = tunnel::decode_close(frame.payload);
    if (!told) return fail(told.error());
    end.leave(told->code, told->reason);
    streams_.erase(frame.stream);
    look_whether_idle();
    return {};
  }
  Result<void> taken;
  if (frame.type == FrameType::data) {
    taken = relay(end, frame.payload);
  } else {
    const Result<std::uint32_t> credit = tunnel::decode_window(frame.payload);
    if (!credit) return fail(credit.error());
    taken = end.window_from_link(*credit);
  }
  return taken ? taken : reset(end, taken.error());
}

Result<void> NodeLine::relay(RelayEnd& end, std::span<const std::uint8_t> packet) {
  if (!end.joined()) return {};
  Result<void> passed = end.packet_from_link(packet);
  if (passed) {
    ++context_.tallies.lines.relayed_packets;
    context_.tallies.lines.relayed_bytes += packet.size();
  } else if (passed.error().code == tunnel::codes::kTooSlow) {
    context_.tallies.limits.add("buffer");
  }
  return passed;
}

/// Only this stream has gone wrong; the others go on, if the node reads that.
Result<void> NodeLine::reset(RelayEnd& end, const Error& error) {
  const WireCode code = tunnel::wire_code_for(error);
  const std::uint32_t number = end.stream();
  log::debug("link", "stream {} to node {} is reset: {}", number, place_.node, describe(error));
  context_.tallies.node_resets.add(error.code.id);
  end.leave(code, error.message);
  streams_.erase(number);
  outbox_.close(number, code, error.message);
  look_whether_idle();
  if (outbox_.control_bytes() <= kMaxNodeControl) return {};
  return fail(tunnel::codes::kTooSlow, "the node does not read which streams have ended");
}

std::size_t NodeLine::next_message(std::span<std::uint8_t> out) {
  send_waiting();
  return outbox_.next_message(out);
}

/// Those that wait, as far as the bounds let them; the others when an answer has come or something
/// was sent.
void NodeLine::send_waiting() {
  while (proven() && !waiting_.empty() && in_flight_ < NodeLines::kMaxInFlight &&
         streams_.size() < kMaxNodeStreams && outbox_.control_bytes() <= kMaxNodeControl) {
    const std::shared_ptr<EnterWait> wait = waiting_.front().lock();
    waiting_.pop_front();
    if (!wait || !wait->done) continue;
    if (last_stream_ == std::numeric_limits<std::uint32_t>::max()) {
      waiting_.push_front(wait);
      leave({tunnel::codes::kNormal, "the numbers for streams are used up", ""},
            CloseStatus::normal);
      return;
    }
    const std::uint32_t number = ++last_stream_;
    streams_.emplace(number, Stream{wait});
    ++in_flight_;
    forget_answered();
    asked_.emplace_back(number, context_.scheduler.now());
    outbox_.send(
        FrameType::enter, number,
        encode_enter({wait->request.nonce, wait->request.sender.bytes(), wait->request.admit}));
  }
  // All that waited may have gone.
  look_whether_idle();
}

void NodeLine::look_whether_idle() {
  if (!proven() || !streams_.empty() || !waiting_.empty() || timer_) return;
  timer_ = context_.scheduler.after(NodeLines::kIdle, [this] {
    leave({tunnel::codes::kNormal, "nobody needs it", ""}, CloseStatus::normal);
  });
}

void NodeLine::close_written(RelayEnd& end) {
  streams_.erase(end.stream());
  look_whether_idle();
}

void NodeLine::leave(const Error& why, CloseStatus status) {
  if (state_ == State::leaving) return;
  abandon(why);
  wire_->close(status, "");
}

void NodeLine::abandon(const Error& why) {
  const bool was_proven = std::exchange(state_, State::leaving) == State::proven;
  timer_.reset();
  (was_proven ? context_.tallies.lines.ended : context_.tallies.lines.dials).add(why.code.id);
  log::info("cluster", "{} node {} at {}: {}", was_proven ? "not linked any more to" : "no link to",
            place_.node, place_.url, describe(why));
  // First, so that who asks again while being told does not come here.
  owner_.leaving(*this, !was_proven);
  Streams streams = std::exchange(streams_, {});
  for (auto& [number, stream] : streams) {
    if (stream.end) stream.end->leave(WireCode::shutting_down, "the link between nodes has broken");
    if (const auto wait = stream.wait.lock()) wait->finish(Unreachable{});
  }
  for (const auto& each : std::exchange(waiting_, {})) {
    if (const auto wait = each.lock()) wait->finish(Unreachable{});
  }
}

void NodeLine::on_close(const transport::CloseInfo& info) {
  if (state_ != State::leaving) abandon(lost_line(info));
  owner_.ended(*this);
}

}  // namespace sfteams::connector
