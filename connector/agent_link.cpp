#include "connector/agent_link.h"

#include <limits>
#include <utility>

#include "base/error/counted.h"
#include "base/log/log.h"
#include "connector/cluster/codes.h"
#include "connector/cluster_node.h"
#include "connector/name_switch.h"
#include "connector/registry/ownership_rule.h"
#include "tunnel/codes.h"
#include "tunnel/wire_code.h"

namespace sfteams::connector {

using tunnel::Frame;
using tunnel::FrameType;
using tunnel::WireCode;

namespace {

/// OPENs and CLOSEs that an agent has not read yet. Clients can make more of them, so there is an
/// end to it.
constexpr std::size_t kMaxControlBytes = 65'536;

/// The registry cannot say: the agent is not turned away for good.
tl::unexpected<Error> registry_trouble(const Error& error) {
  log::error("registry", error);
  return fail(tunnel::codes::kTryAgainLater, "the connector cannot use its registry of names");
}

tl::unexpected<Error> name_taken() {
  return fail(tunnel::codes::kNameTaken, "another installation owns this name");
}

}  // namespace

AgentLink::AgentLink(LinkContext& context, LinkOwner& owner, Origin origin)
    : Link(context, owner, std::move(origin), context.configuration.agent_keepalive,
           context.tallies.agents),
      budget_(std::make_shared<BufferBudget>(context.configuration.limits.agent_buffer,
                                             context.buffers)) {}

AgentLink::~AgentLink() = default;

Result<void> AgentLink::on_proof(const Frame& frame) {
  if (frame.type != FrameType::register_name) return unexpected_frame("an agent", frame);
  if (!has_turn(frame.payload)) return {};
  const transport::Duration delay =
      context().failed_agents.delay(address(), context().scheduler.now());
  if (delay.count() > 0) ++tally().delayed;
  later(delay, [this, payload = tunnel::Bytes(frame.payload.begin(), frame.payload.end())] {
    judge(payload);
  });
  return {};
}

/// Before anything is verified: that is what takes the time when all agents come at once. An owner
/// is known here by its name and identity alone. Nobody else knows the identity, so nobody else can
/// book slots or take the owner's.
bool AgentLink::has_turn(tunnel::ByteView payload) {
  const Result<tunnel::Registration> said = tunnel::decode_register(payload);
  if (!said) return true;  // It is refused at once.
  const transport::TimePoint now = context().scheduler.now();
  RegistrationSlots& slots = context().registrations;
  const auto known = context().registry.ownership(said->name);
  const bool owner = known && judge_claim(*known, said->identity,
                                          context().configuration.registration) == Claim::owned;
  if (!owner && slots.take(now)) return true;
  std::string who = said->name;
  who.append(said->identity.begin(), said->identity.end());
  if (owner && slots.take_or_book(who, now)) return true;
  context().tallies.limits.add("registrations-per-second");
  const std::uint16_t wait =
      owner ? retry_in(slots.when_due(who, now))
            : retry_in(slots.when_free(now) + std::chrono::seconds(spread_retry(1, 10)));
  refuse(WireCode::try_again_later, "many agents come at once", wait);
  return false;
}

/// An agent that cannot say who it is has no slot; earlier there would be no place for it.
transport::Duration AgentLink::booked_for() {
  return context().registrations.when_free(context().scheduler.now());
}

void AgentLink::judge(tunnel::ByteView payload) {
  Result<tunnel::Registration> registration = tunnel::verify_register(payload, nonce());
  if (!registration) {
    turn_away(registration.error());
    return;
  }
  const Result<bool> owned = owns(*registration);
  if (!owned) {
    refuse_registration(*registration, owned.error());
  } else if (*owned) {
    be_registered(std::move(*registration));
  } else if (const Result<void> may = may_pin(); !may) {
    refuse_registration(*registration, may.error());
  } else {
    pin(std::move(*registration));
  }
}

void AgentLink::refuse_registration(const tunnel::Registration& registration, const Error& error) {
  log::warn("registration", "{} asks for {} and is refused: {}", address().to_string(),
            registration.name, describe(error));
  turn_away(error);
}

Result<bool> AgentLink::owns(const tunnel::Registration& registration) {
  const Limits& limits = context().configuration.limits;
  if (context().routes.size() >= limits.agents &&
      context().routes.find(registration.name) == nullptr) {
    context().tallies.limits.add("agents");
    return fail(tunnel::codes::kTryAgainLater, "the connector has all the agents it may take");
  }
  const auto known = context().registry.ownership(registration.name);
  if (!known) return registry_trouble(known.error());
  switch (judge_claim(*known, registration.identity, context().configuration.registration)) {
    case Claim::owned:
      return true;
    case Claim::free:
      return false;
    case Claim::taken:
      return name_taken();
    case Claim::disabled:
      ++tally().disabled;
      return fail(tunnel::codes::kNameDisabled, told_to_agent(*(*known)->disabled));
    case Claim::not_enrolled:
      break;
  }
  return fail(tunnel::codes::kNameNotEnrolled,
              "the connector's operator has not enrolled this name");
}

Result<void> AgentLink::may_pin() {
  if (context().configuration.registration != RegistrationMode::open) return {};
  const Result<std::int64_t> names = context().registry.size();
  if (!names) return registry_trouble(names.error());
  if (std::cmp_greater_equal(*names, context().configuration.limits.names)) {
    context().tallies.limits.add("names");
    return fail(tunnel::codes::kTryAgainLater, "the connector takes no more names");
  }
  if (!context().new_names.take(context().scheduler.now())) {
    context().tallies.limits.add("new-names-per-minute");
    return fail(tunnel::codes::kTryAgainLater, "too many new names at once");
  }
  return {};
}

/// Alone, the registry decides at once; in a cluster the log of names, in a moment.
void AgentLink::pin(tunnel::Registration registration) {
  asking_ = std::make_shared<tunnel::Registration>(std::move(registration));
  if (context().cluster == nullptr) {
    return take_pin(context().registry.pin(asking_->name, asking_->identity, context().unix_now()));
  }
  context().cluster->log().pin(
      asking_->name, asking_->identity, context().unix_now(),
      // The link may be gone by then, or closing.
      [this, asking = std::weak_ptr(asking_)](const Result<RegistryLog::Pin>& pin) {
        if (asking.expired() || closing()) return;
        take_pin(pin ? Result<bool>(*pin == RegistryLog::Pin::pinned) : fail(pin.error()));
      });
}

void AgentLink::take_pin(const Result<bool>& pinned) {
  tunnel::Registration registration = std::move(*asking_);
  asking_.reset();
  if (pinned && *pinned) {
    log::info("registration", "{} is pinned to the installation that came from {}",
              registration.name, address().to_string());
    be_registered(std::move(registration));
    return;
  }
  if (!pinned && pinned.error().code == codes::kRegistryLogAway) {
    log::warn("registration", "{} asks for {}, which is new, and has to wait: {}",
              address().to_string(), registration.name, describe(pinned.error()));
    refuse(WireCode::try_again_later, "the connectors can take no new names now",
           spread_retry(2, 6));
    return;
  }
  const tl::unexpected<Error> why = pinned ? name_taken() : registry_trouble(pinned.error());
  refuse_registration(registration, why.value());
}

void AgentLink::be_registered(tunnel::Registration registration) {
  registration_ = std::move(registration);
  since_ = context().unix_now();
  be_proven();
  AgentLink* const old = context().routes.put(name(), *this);
  if (context().cluster != nullptr) epoch_ = context().cluster->directory().hold(name());
  note_seen();
  // It acknowledges the keys, so it comes after they are in force.
  outbox().send(FrameType::registered, 0,
                tunnel::encode_registered(context().configuration.limits.streams_per_agent,
                                          tunnel::kFeatureKeysTaken));
  log::info("registration", "{} is online from {} with {}", name(), address().to_string(),
            registration_.software);
  if (old == nullptr) return;
  log::warn(
      "registration",
      Error{tunnel::codes::kReplaced, name() + ": this connection takes over from the one before",
            "expected after a break of the line; if it repeats, two agents run with copies of "
            "one state directory: have one of them stopped"});
  old->refuse(WireCode::replaced, "a newer connection of this installation took over");
}

void AgentLink::turn_away(const Error& error) {
  const WireCode code = tunnel::wire_code_for(error);
  if (code == WireCode::try_again_later) {
    refuse(code, error.message, spread_retry(10, 60));
    return;
  }
  context().failed_agents.failed(address(), context().scheduler.now());
  refuse(code, error.message, code == WireCode::name_disabled ? kDisabledRetry : 0);
}

Result<std::unique_ptr<RelayEnd>> AgentLink::open(const tunnel::KeyId& key_id,
                                                  const FarEnd& far_end) {
  if (streams_.size() >= context().configuration.limits.streams_per_agent) {
    context().tallies.limits.add("streams-per-agent");
    return fail(tunnel::codes::kTooManyStreams, "this PBX has all the sessions it may have");
  }
  if (outbox().control_bytes() > kMaxControlBytes)
    return fail(tunnel::codes::kTryAgainLater, "the PBX's agent answers too slowly");
  if (next_stream_ == std::numeric_limits<std::uint32_t>::max()) {
    refuse(WireCode::try_again_later, "the numbers for streams are used up: connect again", 1);
    return fail(tunnel::codes::kTryAgainLater, "the PBX's agent is connecting again");
  }
  const std::uint32_t number = next_stream_++;
  RelayEnd& end =
      streams_.try_emplace(number, outbox(), number, budget_, static_cast<RelayOwner&>(*this))
          .first->second;
  auto client_end = std::make_unique<RelayEnd>(
      far_end.outbox, far_end.stream,
      far_end.budget ? BufferBudget::both(budget_, far_end.budget) : budget_, far_end.owner);
  RelayEnd::join(end, *client_end);
  ++context().tallies.streams;
  outbox().send(FrameType::open, number, tunnel::encode_open(key_id));
  return client_end;
}

Result<void> AgentLink::on_frame(const Frame& frame) {
  switch (frame.type) {
    case FrameType::keys:
      return take_keys(frame);
    case FrameType::numbered_keys:
      return take_numbered_keys(frame);
    case FrameType::data:
    case FrameType::window:
    case FrameType::close:
      return take_stream_frame(frame);
    default:
      return unexpected_frame("an agent", frame);
  }
}

void AgentLink::note_seen() {
  context().registry.seen(name(), identity(), registration_.keys, context().unix_now());
  context().write_soon();
  if (context().cluster == nullptr) return;
  context().cluster->log().keys_changed(name(), identity(), registration_.keys,
                                        context().unix_now(), epoch_);
}

Result<void> AgentLink::take_keys(const Frame& frame) {
  Result<std::vector<tunnel::AdmissionKey>> keys = tunnel::decode_keys(frame.payload);
  if (!keys) return fail(keys.error());
  use_keys(std::move(*keys));
  return {};
}

Result<void> AgentLink::take_numbered_keys(const Frame& frame) {
  Result<tunnel::NumberedKeys> numbered = tunnel::decode_numbered_keys(frame.payload);
  if (!numbered) return fail(numbered.error());
  // The answers wait in the outbox; an agent that does not read them is not to fill it.
  if (outbox().control_bytes() > kMaxControlBytes) {
    return fail(tunnel::codes::kTooSlow, "the agent does not read what its keys are answered with");
  }
  use_keys(std::move(numbered->keys));
  outbox().send(FrameType::keys_taken, 0, tunnel::encode_keys_taken(numbered->number));
  return {};
}

/// In force when this returns: the next client is judged by them.
void AgentLink::use_keys(std::vector<tunnel::AdmissionKey> keys) {
  registration_.keys = std::move(keys);
  note_seen();
  log::info("registration", "{} now has {}", name(),
            counted(registration_.keys.size(), "admission key"));
}

Result<void> AgentLink::take_stream_frame(const Frame& frame) {
  const auto found = streams_.find(frame.stream);
  if (found == streams_.end()) {
    if (frame.stream < next_stream_) return {};  // It was in flight when the stream ended.
    return fail(tunnel::codes::kFrameStream,
                std::string(tunnel::name_of(frame.type)) + " came for a stream never opened");
  }
  RelayEnd& end = found->second;
  if (frame.type == FrameType::close) {
    const Result<tunnel::StreamClose> close = tunnel::decode_close(frame.payload);
    if (!close) return fail(close.error());
    take_close(end, *close);
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
  if (!taken) reset(end, taken.error());
  return {};
}

void AgentLink::take_close(RelayEnd& end, const tunnel::StreamClose& close) {
  end.leave(close.code, close.reason);
  streams_.erase(end.stream());
}

/// Only this stream has gone wrong; the others go on.
void AgentLink::reset(RelayEnd& end, const Error& error) {
  const WireCode code = tunnel::wire_code_for(error);
  const std::uint32_t number = end.stream();
  log::debug("link", "stream {} of {} is reset: {}", number, name(), describe(error));
  end.leave(code, error.message);
  streams_.erase(number);
  outbox().close(number, code, error.message);
}

void AgentLink::move_away() {
  for (auto& [number, end] : streams_)
    end.leave(WireCode::shutting_down, "this node stops");
  streams_.clear();
  refuse(WireCode::shutting_down, "this node stops");
}

void AgentLink::lose(Why why) {
  if (why == Why::tie) {
    refuse(WireCode::try_again_later, "this installation came to two nodes at once", 1);
    return;
  }
  log::warn(
      "registration",
      Error{tunnel::codes::kReplaced,
            name() + ": a connection to another node takes over from the one here",
            "expected after a break of the line; if it repeats, two agents run with copies of "
            "one state directory: have one of them stopped"});
  refuse(WireCode::replaced, "a newer connection of this installation took over at another node");
}

void AgentLink::on_leaving() {
  if (name().empty()) return;
  context().routes.remove(name(), *this);
  if (context().routes.find(name()) == nullptr) {
    if (context().cluster != nullptr) context().cluster->directory().let_go(name());
    context().registry.seen(name(), identity(), registration_.keys, context().unix_now());
    log::info("registration", "{} is offline", name());
  }
  for (auto& [number, end] : streams_)
    end.leave(WireCode::pbx_offline, "the PBX's agent has lost its connection");
  streams_.clear();
}

}  // namespace sfteams::connector
