#include "connector/node_link.h"

#include <utility>

#include "base/log/log.h"
#include "connector/agent_link.h"
#include "connector/cluster/codes.h"
#include "connector/cluster/node_proof.h"
#include "connector/entrance.h"
#include "connector/node_limits.h"
#include "tunnel/codes.h"
#include "tunnel/wire_code.h"

namespace sfteams::connector {

using tunnel::Frame;
using tunnel::FrameType;
using tunnel::WireCode;

NodeLink::NodeLink(LinkContext& context, LinkOwner& owner, Origin origin)
    : Link(context, owner, std::move(origin), kNodeKeepalive, context.tallies.nodes,
           tunnel::Speaker::node),
      budget_(std::make_shared<BufferBudget>(context.configuration.limits.agent_buffer)) {}

NodeLink::~NodeLink() = default;

Result<void> NodeLink::on_proof(const Frame& frame) {
  if (frame.type != FrameType::node_hello) return unexpected_frame("a node", frame);
  const Result<NodeHello> hello =
      verify_node_hello(*context().cluster_keys, frame.payload, nonce());
  if (!hello && hello.error().code != codes::kNodeProofWrong) return fail(hello.error());
  if (!hello) {
    context().node_proof_alarm.ring(address().to_string(), context().scheduler.now());
    refuse(WireCode::admission_refused, "");
    return {};
  }
  node_ = hello->node;
  be_proven();
  outbox().send(FrameType::node_welcome, 0,
                make_node_welcome(*context().cluster_keys, *context().node, *hello, nonce()));
  log::info("cluster", "node {} is linked from {}", node_, address().to_string());
  return {};
}

Result<void> NodeLink::on_frame(const Frame& frame) {
  switch (frame.type) {
    case FrameType::enter:
      return take_enter(frame);
    case FrameType::data:
    case FrameType::window:
    case FrameType::close:
      return take_stream_frame(frame);
    default:
      return unexpected_frame("a node", frame);
  }
}

Result<void> NodeLink::take_enter(const Frame& frame) {
  if (frame.stream != last_stream_ + 1)
    return fail(tunnel::codes::kFrameStream, "ENTER came for a stream out of its turn");
  const Result<Enter> asked = decode_enter(frame.payload);
  if (!asked) return fail(asked.error());
  if (outbox().control_bytes() > kMaxNodeControl)
    return fail(tunnel::codes::kTooSlow, "the node does not read what its clients are answered");
  last_stream_ = frame.stream;
  enter(frame.stream, *asked);
  return {};
}

/// The judgement of ClientLink for an agent that is here, by the keys that this agent has brought.
/// Limits of an address are kept by the node that has the client.
void NodeLink::enter(std::uint32_t stream, const Enter& asked) {
  const Result<tunnel::Admission> admission = tunnel::decode_admit(asked.admit);
  if (!admission) {
    const WireCode code = tunnel::wire_code_for(admission.error());
    turn_away(stream, code == WireCode::admission_refused
                          ? admission_refused()
                          : tunnel::Refusal{code, 0, admission.error().message});
    return;
  }
  AgentLink* const agent = context().routes.find(admission->name);
  if (agent == nullptr) {
    context().tallies.entries.add("not-here");
    outbox().send(FrameType::not_here, stream, {});
    return;
  }
  if (!context().admission.proven(*admission, asked.admit, asked.nonce, agent->keys(),
                                  context().unix_now())) {
    turn_away(stream, admission_refused());
    return;
  }
  if (const auto taken = take_admission_to(context(), admission->name); !taken) {
    turn_away(stream, taken.error());
    return;
  }
  if (streams_.size() >= kMaxNodeStreams) {
    turn_away(stream, {WireCode::try_again_later, spread_retry(2, 10),
                       "too many clients of one node are here"});
    return;
  }
  auto opened =
      open_stream(*agent, admission->key_id, AgentLink::FarEnd{outbox(), *this, stream, budget_});
  if (!opened) {
    turn_away(stream, opened.error());
    return;
  }
  streams_.emplace(stream, std::move(*opened));
  context().tallies.entries.add("entered");
  outbox().send(FrameType::entered, stream, {});
  log::debug("admission", "a client from {} at node {} is admitted to {}",
             Address::from_bytes(asked.sender).to_string(), node_, admission->name);
}

void NodeLink::turn_away(std::uint32_t stream, const tunnel::Refusal& refusal) {
  context().tallies.entries.add("turned-away");
  outbox().send(FrameType::turned_away, stream, encode_turned_away(refusal));
}

Result<void> NodeLink::take_stream_frame(const Frame& frame) {
  const auto found = streams_.find(frame.stream);
  if (found == streams_.end()) {
    if (frame.stream <= last_stream_) return {};  // It was in flight when the stream ended.
    return fail(tunnel::codes::kFrameStream,
                std::string(tunnel::name_of(frame.type)) + " came for a stream never opened");
  }
  RelayEnd& end = *found->second;
  if (frame.type == FrameType::close) {
    const Result<tunnel::StreamClose> close = tunnel::decode_close(frame.payload);
    if (!close) return fail(close.error());
    end.leave(close->code, close->reason);
    streams_.erase(found);
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

/// Only this stream has gone wrong; the others go on, if the node reads that.
Result<void> NodeLink::reset(RelayEnd& end, const Error& error) {
  const WireCode code = tunnel::wire_code_for(error);
  const std::uint32_t number = end.stream();
  log::debug("link", "stream {} of node {} is reset: {}", number, node_, describe(error));
  context().tallies.node_resets.add(error.code.id);
  end.leave(code, error.message);
  streams_.erase(number);
  outbox().close(number, code, error.message);
  if (outbox().control_bytes() <= kMaxNodeControl) return {};
  return fail(tunnel::codes::kTooSlow, "the node does not read which streams have ended");
}

/// For the agents their clients have gone; the sessions wait for them.
void NodeLink::on_leaving() {
  if (!node_.empty()) log::info("cluster", "node {} is linked from here no more", node_);
  for (auto& [number, end] : streams_)
    end->leave(WireCode::normal, "the client has gone");
  streams_.clear();
}

}  // namespace sfteams::connector
