#include "tunnel/session_channel.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "base/crypto/hash.h"
#include "tunnel/codes.h"
#include "tunnel/session_state.h"
#include "tunnel/system_name.h"
#include "tunnel/wire_text.h"

namespace sfteams::tunnel {
namespace {

void require_usable(const SessionChannelOptions& options) {
  const bool resumes = options.resume.has_value();
  if (resumes != (options.ledger != nullptr) ||
      (resumes && (options.role != SessionChannel::Role::client ||
                   options.resume->secret.size() != kResumeSecret))) {
    throw std::invalid_argument(
        "SessionChannel: a client resumes with a ledger and a secret of 32 bytes");
  }
  if (options.pre_shared_key.size() != kNoiseKey || !is_system_name(options.name) ||
      !is_software(options.software)) {
    throw std::invalid_argument(
        "SessionChannel: a key of 32 bytes, a canonical system name, at most 64 bytes of software");
  }
}

std::size_t default_queue(SessionChannel::Role role) {
  return role == SessionChannel::Role::client ? kMaxQueuedToAgent : kMaxQueuedToClient;
}

std::size_t largest_message_from(SessionChannel::Role role) {
  return role == SessionChannel::Role::client ? kMaxMessageToAgent : kMaxMessageToClient;
}

tl::unexpected<Error> is_closed() {
  return fail(codes::kChannelClosed, "the session is closed", "sign in again");
}

}  // namespace

std::string session_prologue(std::string_view name) {
  return std::string(label("starface-teams/1")).append(name);
}

SessionChannel::State::State(SessionChannelOptions& options)
    : role(options.role),
      software(std::move(options.software)),
      ticket(std::move(options.resume)),
      // What comes is what the other role may send.
      assembly(largest_message_from(role == Role::client ? Role::agent : Role::client)),
      ledger(std::move(options.ledger)) {
  if (ledger == nullptr) {
    ledger = std::make_unique<SessionLedger>(largest_message_from(role), options.max_queued == 0
                                                                             ? default_queue(role)
                                                                             : options.max_queued);
  }
  assembly.go_on_after(ledger->received);
}

SessionChannel::SessionChannel(std::unique_ptr<State> state) : state_(std::move(state)) {}
SessionChannel::~SessionChannel() = default;
SessionChannel::SessionChannel(SessionChannel&&) noexcept = default;
SessionChannel& SessionChannel::operator=(SessionChannel&&) noexcept = default;

Result<SessionChannel> SessionChannel::create(SessionChannelOptions options) {
  require_usable(options);
  const bool is_client = options.role == Role::client;
  Result<NoiseHandshake> handshake = NoiseHandshake::start(
      is_client ? NoiseHandshake::Role::initiator : NoiseHandshake::Role::responder,
      options.pre_shared_key.bytes(), crypto::bytes_of(session_prologue(options.name)),
      std::move(options.ephemeral));
  if (!handshake) return fail(std::move(handshake.error()));

  auto state = std::make_unique<State>(options);
  state->handshake = std::make_unique<NoiseHandshake>(std::move(*handshake));
  if (is_client) {
    const Result<std::size_t> written =
        state->handshake->write_message({}, state->handshake_packet.emplace());
    if (!written) return fail(written.error());
  }
  return SessionChannel(std::move(state));
}

Result<void> SessionChannel::receive(std::span<const std::uint8_t> packet, SteadyTime now) {
  if (state_->phase == SessionPhase::failed) return is_closed();
  if (state_->is_ending()) return {};
  if (!state_->inbox.empty()) {
    throw std::logic_error("SessionChannel::receive: events of the last packet are left");
  }
  Result<void> taken = state_->phase == SessionPhase::handshake ? state_->read_handshake(packet)
                                                                : state_->decrypt(packet, now);
  if (!taken) state_->fail_channel();
  return taken;
}

Result<std::optional<SessionEvent>> SessionChannel::next_event() {
  state_->assembly.release();
  while (!state_->is_ending()) {
    Result<std::optional<Record>> record = state_->reader.next();
    if (record && !*record) break;
    Result<std::optional<SessionEvent>> event =
        record ? state_->handle(**record)
               : Result<std::optional<SessionEvent>>(fail(std::move(record.error())));
    if (!event) state_->fail_channel();
    if (!event || *event) return event;
  }
  state_->release_inbox();
  return std::optional<SessionEvent>();
}

Result<void> SessionChannel::send(std::string_view message) {
  if (state_->is_ending()) return is_closed();
  return state_->ledger->send(message);
}

void SessionChannel::accept(const SessionId& session_id,
                            std::span<const std::uint8_t> resume_secret,
                            std::uint32_t window_seconds) {
  if (state_->is_ending()) return;
  if (state_->phase != SessionPhase::asked || resume_secret.size() != kResumeSecret) {
    throw std::logic_error("SessionChannel::accept: nobody asked, or no secret of 32 bytes");
  }
  PendingRecords& pending = state_->pending_records();
  pending.opened = OpenedRecord{session_id, {}, window_seconds};
  pending.resume_secret = crypto::Secret(resume_secret);
  state_->talking = true;
  state_->phase = SessionPhase::open;
}

void SessionChannel::resume(std::unique_ptr<SessionLedger> ledger, std::uint64_t received) {
  if (state_->is_ending()) return;
  if (state_->phase != SessionPhase::resume_asked || !ledger->can_go_on_after(received)) {
    throw std::invalid_argument("SessionChannel::resume: nobody asked, or not this session");
  }
  state_->ledger = std::move(ledger);
  state_->assembly.go_on_after(state_->ledger->received);
  state_->ledger->go_on_after(received);
  state_->pending_records().resumed = true;
  state_->talking = true;
  state_->phase = SessionPhase::open;
}

void SessionChannel::discard() {
  if (state_->ledger) state_->ledger->queue.clear();
}

std::unique_ptr<SessionLedger> SessionChannel::leave() {
  // A client whose RESUME was not answered yet has its session still.
  const bool goes_on =
      state_->phase == SessionPhase::open || (state_->ticket && state_->phase < SessionPhase::open);
  if (!goes_on) return nullptr;
  std::unique_ptr<SessionLedger> ledger = std::move(state_->ledger);
  ledger->received = state_->assembly.received();
  state_->fail_channel();
  return ledger;
}

void SessionChannel::refuse(WireCode code, std::string_view reason) {
  if (state_->is_ending()) return;
  if (state_->phase != SessionPhase::asked && state_->phase != SessionPhase::resume_asked) {
    throw std::logic_error("SessionChannel::refuse: nobody asked");
  }
  state_->ledger->queue.clear();
  close(code, reason);
  state_->pending->refused = true;
}

void SessionChannel::ping(const std::array<std::uint8_t, 8>& data) {
  if (state_->is_ending()) return;
  state_->pending_records().ping = data;
}

void SessionChannel::close(WireCode code, std::string_view reason) {
  if (state_->is_ending()) return;
  if (!state_->transport) {
    state_->fail_channel();
    state_->phase = SessionPhase::closed;
    return;
  }
  PendingRecords& pending = state_->pending_records();
  pending.close = true;
  pending.code = code;
  pending.reason = cut_reason(reason);
  state_->phase = SessionPhase::closing;
}

Pull SessionChannel::next_packet(std::span<std::uint8_t> out, std::size_t credit, SteadyTime now) {
  return state_->next_packet(out, credit, now);
}

bool SessionChannel::wants_to_send(SteadyTime now) const {
  return state_->wants_to_send(now);
}

std::optional<SteadyTime> SessionChannel::deadline() const {
  return state_->talking ? state_->ack.deadline() : std::nullopt;
}

bool SessionChannel::established() const {
  return state_->peer_proven;
}

bool SessionChannel::closed() const {
  return state_->phase == SessionPhase::closed || state_->phase == SessionPhase::failed;
}

std::size_t SessionChannel::queued_bytes() const {
  return state_->ledger ? state_->ledger->queue.size() : 0;
}

std::size_t SessionChannel::held_bytes() const {
  return (state_->ledger ? state_->ledger->queue.held() : 0) + state_->assembly.held();
}

std::uint64_t SessionChannel::acknowledged() const {
  return state_->ledger ? state_->ledger->queue.acknowledged() : 0;
}

const crypto::Sha256Digest& SessionChannel::handshake_hash() const {
  return state_->handshake_hash;
}

}  // namespace sfteams::tunnel
