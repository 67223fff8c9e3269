#include "tunnel/session_channel.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "crypto/hash.h"
#include "tunnel/codes.h"
#include "tunnel/session_state.h"
#include "tunnel/system_name.h"
#include "tunnel/wire_text.h"

namespace sfteams::tunnel {
namespace {

constexpr std::size_t kResumeSecret = 32;

void require_usable(const SessionChannelOptions& options) {
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

SessionChannel::State::State(Role role_in, std::string software_in, std::size_t max_queued_in)
    : role(role_in),
      software(std::move(software_in)),
      max_queued(max_queued_in == 0 ? default_queue(role_in) : max_queued_in),
      // What comes is what the other role may send.
      assembly(largest_message_from(role_in == Role::client ? Role::agent : Role::client)) {}

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

  auto state =
      std::make_unique<State>(options.role, std::move(options.software), options.max_queued);
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
  const std::size_t largest = largest_message_from(state_->role);
  if (message.size() > largest) {
    return fail(codes::kTooLarge,
                "a message of " + std::to_string(message.size()) + " bytes is larger than the " +
                    std::to_string(largest) + " that may be sent",
                "ask for less at once");
  }
  if (message.size() > state_->max_queued - std::min(state_->queue.size(), state_->max_queued)) {
    return fail(
        codes::kQueueFull,
        "the peer reads too slowly: " + std::to_string(state_->queue.size()) + " bytes wait for it",
        "check the network, then sign in again");
  }
  state_->queue.push(message);
  return {};
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

void SessionChannel::refuse(WireCode code, std::string_view reason) {
  if (state_->is_ending()) return;
  if (state_->phase != SessionPhase::asked && state_->phase != SessionPhase::resume_asked) {
    throw std::logic_error("SessionChannel::refuse: nobody asked");
  }
  state_->queue.clear();
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
  return state_->queue.size();
}

std::uint64_t SessionChannel::unacknowledged() const {
  return state_->queue.taken() - state_->acknowledged;
}

const crypto::Sha256Digest& SessionChannel::handshake_hash() const {
  return state_->handshake_hash;
}

}  // namespace sfteams::tunnel
