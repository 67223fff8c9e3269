#include "connector/client_link.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/log/log.h"
#include "connector/agent_link.h"
#include "connector/cluster_node.h"
#include "connector/codes.h"
#include "connector/entrance.h"
#include "tunnel/codes.h"
#include "tunnel/wire_code.h"

namespace sfteams::connector {

using tunnel::Frame;
using tunnel::FrameType;
using tunnel::WireCode;

namespace {

/// An agent that loses its node, or is moved, is at another one within a second, as a rule.
constexpr transport::Duration kPatienceForAgent{1'500};
constexpr transport::Duration kPauseBeforeNextSearch{100};

}  // namespace

ClientLink::ClientLink(LinkContext& context, LinkOwner& owner, Origin origin)
    : Link(context, owner, std::move(origin), context.configuration.client_keepalive,
           context.tallies.clients) {}

ClientLink::~ClientLink() = default;

Result<void> ClientLink::on_proof(const Frame& frame) {
  if (frame.type != FrameType::admit) return unexpected_frame("a client", frame);
  // Whatever it asks for, so that nothing is told by it.
  if (!context().admissions_from.take(address().sender(), context().scheduler.now())) {
    context().tallies.limits.add("admissions-per-address");
    refuse(WireCode::try_again_later, "too many clients of this address come at once",
           spread_retry(2, 20));
    return {};
  }
  const transport::Duration delay = delay_of_sender();
  if (delay.count() > 0) ++tally().delayed;
  later(delay, [this, payload = tunnel::Bytes(frame.payload.begin(), frame.payload.end())] {
    judge(payload);
  });
  return {};
}

/// Who has failed too often at another node is no stranger here.
transport::Duration ClientLink::delay_of_sender() {
  const transport::Duration here =
      context().failed_clients.delay(address(), context().scheduler.now());
  const bool noted = context().cluster != nullptr &&
                     context().cluster->notes().is_noted(address().sender().bytes());
  return noted ? std::max(here, context().configuration.throttle.longest) : here;
}

void ClientLink::judge(tunnel::Bytes payload) {
  Result<tunnel::Admission> admission = tunnel::decode_admit(payload);
  asked_ = std::make_unique<Asked>();
  asked_->at = context().scheduler.now();
  asked_->payload = std::move(payload);
  if (!admission) {
    const WireCode code = tunnel::wire_code_for(admission.error());
    if (code == WireCode::admission_refused) {
      turn_away();
    } else {
      refuse(code, admission.error().message);
    }
    return;
  }
  asked_->admission = std::move(*admission);
  search();
}

/// An agent that is there has brought its keys, here or at another node; for the others the registry
/// remembers them.
void ClientLink::search() {
  if (const AgentLink* const agent = context().routes.find(asked_->admission.name))
    return judge_here(*agent);
  if (context().cluster == nullptr) return judge_by_memory({.nobody = true});
  search_ = std::make_unique<SearchForAgent>(
      *context().cluster,
      SearchForAgent::Client{asked_->admission.name,
                             {nonce(), asked_->payload, address()},
                             outbox(),
                             static_cast<RelayOwner&>(*this),
                             asked_->proven},
      [this](SearchForAgent::Outcome outcome) { take(std::move(outcome)); });
}

void ClientLink::take(SearchForAgent::Outcome outcome) {
  // The callback that this runs in is the search's own.
  const auto search = std::move(search_);
  if (closing()) return;
  if (auto* const entered = std::get_if<Entered>(&outcome)) {
    if (!take_place()) {
      entered->end->leave(WireCode::normal, "the client may not come");
      return;
    }
    be_admitted(std::move(entered->end));
  } else if (const auto* const refusal = std::get_if<tunnel::Refusal>(&outcome)) {
    if (refusal->code == WireCode::admission_refused) {
      turn_away();
    } else {
      refuse(*refusal);
    }
  } else if (const AgentLink* const agent = context().routes.find(asked_->admission.name)) {
    judge_here(*agent);  // It has come meanwhile.
  } else {
    judge_by_memory(std::get<SearchForAgent::NoAgent>(outcome));
  }
}

void ClientLink::judge_here(const AgentLink& agent) {
  if (proven_by(agent.keys())) {
    join();
  } else {
    turn_away();
  }
}

/// The answer to a client whose key the agent's node has not seen must not show that there is such a
/// name.
void ClientLink::judge_by_memory(const SearchForAgent::NoAgent& found) {
  const auto remembered = remembered_keys(asked_->admission.name);
  if (!remembered) {
    log::error("registry", remembered.error());
    refuse(WireCode::try_again_later, "the connector cannot use its registry of names",
           spread_retry(5, 30));
    return;
  }
  if (proven_by(*remembered)) {
    asked_->proven = true;
    if (!found.crowded) return wait_for_agent();
    refuse(WireCode::try_again_later, "too many clients of another node's PBXs come at once",
           spread_retry(2, 10));
  } else if (found.nobody || context().cluster->log().in_step()) {
    turn_away();
  } else {
    // Whatever the name and the key: what this node remembers may be old, and a right key is not to
    // be called wrong.
    refuse(WireCode::try_again_later, "the connector cannot ask the other nodes",
           spread_retry(5, 30));
  }
}

/// A disabled name has none, so that its clients are refused as those of an unknown one.
Result<std::vector<tunnel::AdmissionKey>> ClientLink::remembered_keys(std::string_view name) {
  const Result<bool> disabled = context().registry.disabled(name);
  if (!disabled) return fail(disabled.error());
  auto keys = context().registry.keys(name);
  if (!*disabled) return keys;
  ++tally().disabled;
  return std::vector<tunnel::AdmissionKey>();
}

bool ClientLink::proven_by(std::span<const tunnel::AdmissionKey> keys) {
  return context().admission.proven(asked_->admission, asked_->payload, nonce(), keys,
                                    context().unix_now());
}

void ClientLink::join() {
  const tunnel::Admission& admission = asked_->admission;
  if (const OrRefusal<void> taken = take_admission_to(context(), admission.name); !taken) {
    refuse(taken.error());
    return;
  }
  AgentLink& agent = *context().routes.find(admission.name);
  if (!take_place()) return;
  auto opened = open_stream(agent, admission.key_id, {outbox(), *this});
  if (!opened) {
    refuse(opened.error());
    return;
  }
  be_admitted(std::move(*opened));
}

/// The key is right and the agent is not there. In a cluster it is perhaps just moving from one node
/// to another.
void ClientLink::wait_for_agent() {
  const bool moves =
      context().cluster != nullptr && context().scheduler.now() - asked_->at < kPatienceForAgent;
  if (moves) {
    later(kPauseBeforeNextSearch, [this] { search(); });
    return;
  }
  if (const OrRefusal<void> taken = take_admission_to(context(), asked_->admission.name); !taken) {
    refuse(taken.error());
    return;
  }
  // Soon: after a break clients and agent come back together, and sessions wait for them.
  refuse(WireCode::pbx_offline, "the PBX's agent is not connected", spread_retry(1, 3));
}

/// False when the client was refused.
bool ClientLink::take_place() {
  joined_ = context().joined.enter(address());
  if (joined_) return true;
  context().tallies.limits.add("clients-per-address");
  log::warn("admission",
            Error{codes::kTooManyOfAddress,
                  "too many clients of " + address().to_string() + " are connected",
                  "if they are users behind one address, raise [limits] clients-per-address"});
  // Soon: after a break their old links count until they are found dead, and their sessions wait
  // for a minute only.
  refuse(WireCode::try_again_later, "too many clients of this address are connected",
         spread_retry(2, 10));
  return false;
}

void ClientLink::be_admitted(std::unique_ptr<RelayEnd> end) {
  be_proven();
  end_ = std::move(end);
  outbox().send(FrameType::admitted, 0, {});
  log::debug("admission", "a client from {} is admitted to {}", address().to_string(),
             asked_->admission.name);
  asked_.reset();
}

/// One answer, of the same bytes and at the same time, whether the name or the key was wrong: it
/// comes a fixed time after the question, or a multiple of it, so that the time does not show what
/// was looked up, and where.
void ClientLink::turn_away() {
  const Throttle::Noted noted =
      context().failed_clients.failed(address(), context().scheduler.now());
  if (noted.topmost) {
    if (context().cluster != nullptr) context().cluster->notes().tell(address().sender().bytes());
    log::warn("admission",
              Error{tunnel::codes::kAdmissionRefused,
                    address().to_string() + " keeps coming with wrong names or keys",
                    "its users need the key file in force; if nobody knows the address, block it"});
  } else {
    log::debug("admission", "a client from {} is refused", address().to_string());
  }
  const transport::Duration step = context().configuration.throttle.first;
  const auto since =
      std::chrono::duration_cast<transport::Duration>(context().scheduler.now() - asked_->at);
  const transport::Duration wait = step.count() > 0 ? step - since % step : step;
  later(wait, [this] { refuse(admission_refused()); });
}

Result<void> ClientLink::on_frame(const Frame& frame) {
  if (frame.stream != tunnel::kClientStream) {
    if (frame.stream == 0) return unexpected_frame("a client", frame);
    return fail(tunnel::codes::kFrameStream, "a client has only stream 1");
  }
  Result<void> taken;
  switch (frame.type) {
    case FrameType::data:
      taken = relay(*end_, frame.payload);
      break;
    case FrameType::window: {
      const Result<std::uint32_t> credit = tunnel::decode_window(frame.payload);
      if (!credit) return fail(credit.error());
      taken = end_->window_from_link(*credit);
      break;
    }
    case FrameType::close: {
      const Result<tunnel::StreamClose> told = tunnel::decode_close(frame.payload);
      if (!told) return fail(told.error());
      end_->leave(told->code, told->reason);
      close(transport::CloseStatus::normal, "");
      return {};
    }
    default:
      return unexpected_frame("a client", frame);
  }
  if (!taken) reset(taken.error());
  return {};
}

/// The client broke the rules of its stream, which is all that it has.
void ClientLink::reset(const Error& error) {
  const WireCode code = tunnel::wire_code_for(error);
  log::debug("link", "the stream of {} is reset: {}", address().to_string(), describe(error));
  end_->leave(code, error.message);
  end_.reset();
  outbox().close(tunnel::kClientStream, code, error.message);
  close(transport::CloseStatus::normal, error.message);
}

/// The agent's end is over; its CLOSE goes out behind what is still on its way to the client.
void ClientLink::other_left(RelayEnd&) {
  close(transport::CloseStatus::normal, "");
}

/// What the agent has sent stays in the end, for the websocket to fetch before it closes.
void ClientLink::on_leaving() {
  search_.reset();
  if (end_) end_->leave(WireCode::normal, "the client has gone");
  joined_.leave();
}

}  // namespace sfteams::connector
