#include "connector/client_link.h"

#include <string>
#include <utility>
#include <vector>

#include "base/log/log.h"
#include "connector/agent_link.h"
#include "connector/codes.h"
#include "connector/entrance.h"
#include "tunnel/codes.h"
#include "tunnel/wire_code.h"

namespace sfteams::connector {

using tunnel::Frame;
using tunnel::FrameType;
using tunnel::WireCode;

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
  const transport::Duration delay =
      context().failed_clients.delay(address(), context().scheduler.now());
  if (delay.count() > 0) ++tally().delayed;
  later(delay, [this, payload = tunnel::Bytes(frame.payload.begin(), frame.payload.end())] {
    judge(payload);
  });
  return {};
}

void ClientLink::judge(tunnel::ByteView payload) {
  const Result<tunnel::Admission> admission = tunnel::decode_admit(payload);
  if (!admission) {
    const WireCode code = tunnel::wire_code_for(admission.error());
    if (code == WireCode::admission_refused) {
      turn_away();
    } else {
      refuse(code, admission.error().message);
    }
    return;
  }
  // An agent that is there has brought its keys; for the others the registry remembers them.
  const AgentLink* const agent = context().routes.find(admission->name);
  std::vector<tunnel::AdmissionKey> keys;
  if (agent != nullptr) {
    keys.assign(agent->keys().begin(), agent->keys().end());
  } else if (auto remembered = remembered_keys(admission->name); remembered) {
    keys = std::move(*remembered);
  } else {
    log::error("registry", remembered.error());
    refuse(WireCode::try_again_later, "the connector cannot use its registry of names",
           spread_retry(5, 30));
    return;
  }
  if (context().admission.proven(*admission, payload, nonce(), keys, context().unix_now())) {
    join(*admission);
  } else {
    turn_away();
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

void ClientLink::join(const tunnel::Admission& admission) {
  if (const OrRefusal<void> taken = take_admission_to(context(), admission.name); !taken) {
    refuse(taken.error());
    return;
  }
  AgentLink* const agent = context().routes.find(admission.name);
  if (agent == nullptr) {
    // Soon: after a break clients and agent come back together, and sessions wait for them.
    refuse(WireCode::pbx_offline, "the PBX's agent is not connected", spread_retry(1, 3));
    return;
  }
  joined_ = context().joined.enter(address());
  if (!joined_) {
    context().tallies.limits.add("clients-per-address");
    log::warn("admission",
              Error{codes::kTooManyOfAddress,
                    "too many clients of " + address().to_string() + " are connected",
                    "if they are users behind one address, raise [limits] clients-per-address"});
    // Soon: after a break their old links count until they are found dead, and their sessions wait
    // for a minute only.
    refuse(WireCode::try_again_later, "too many clients of this address are connected",
           spread_retry(2, 10));
    return;
  }
  auto opened = open_stream(*agent, admission.key_id, {outbox(), *this});
  if (!opened) {
    refuse(opened.error());
    return;
  }
  be_proven();
  end_ = std::move(*opened);
  outbox().send(FrameType::admitted, 0, {});
  log::debug("admission", "a client from {} is admitted to {}", address().to_string(),
             admission.name);
}

/// One answer, of the same bytes and after the same time, whether the name or the key was wrong:
/// the timer swallows what the look-ups differ by.
void ClientLink::turn_away() {
  const Throttle::Noted noted =
      context().failed_clients.failed(address(), context().scheduler.now());
  if (noted.topmost) {
    log::warn("admission",
              Error{tunnel::codes::kAdmissionRefused,
                    address().to_string() + " keeps coming with wrong names or keys",
                    "its users need the key file in force; if nobody knows the address, block it"});
  } else {
    log::debug("admission", "a client from {} is refused", address().to_string());
  }
  later(context().configuration.throttle.first, [this] { refuse(admission_refused()); });
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
  if (end_) end_->leave(WireCode::normal, "the client has gone");
  joined_.leave();
}

}  // namespace sfteams::connector
