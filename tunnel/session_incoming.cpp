#include <algorithm>
#include <string>

#include "tunnel/codes.h"
#include "tunnel/session_state.h"
#include "tunnel/wire_text.h"

namespace sfteams::tunnel {
namespace {

using Event = Result<std::optional<SessionEvent>>;

[[gnu::cold, gnu::noinline]] tl::unexpected<Error> unexpected(std::string_view record) {
  return fail(codes::kRecordUnexpected,
              "a record " + std::string(record) + " came when none may come",
              "the peer's software breaks the protocol");
}

tl::unexpected<Error> session_of_other_version(std::uint8_t version) {
  return fail(codes::kVersionUnsupported,
              "a session of protocol version " + std::to_string(version) +
                  " was asked for, this side speaks " + std::to_string(kProtocolVersion),
              "update the older of client, connector and agent");
}

}  // namespace

Result<void> SessionChannel::State::read_handshake(std::span<const std::uint8_t> packet) {
  Result<std::size_t> read = handshake->read_message(packet, {});
  if (!read) return fail(std::move(read.error()));
  if (role == Role::agent) {
    Result<std::size_t> written = handshake->write_message({}, handshake_packet.emplace());
    if (!written) return fail(std::move(written.error()));
  } else {
    peer_proven = true;
  }
  transport.emplace(handshake->split());
  handshake_hash = transport->handshake_hash;
  handshake.reset();
  phase = SessionPhase::opening;
  if (role == Role::client) ask_for_session();
  return {};
}

void SessionChannel::State::ask_for_session() {
  if (ticket) {
    pending_records().resume =
        ResumeRecord{kProtocolVersion, ticket->session_id,
                     resume_proof(ticket->secret.bytes(), handshake_hash), assembly.received()};
  } else {
    pending_records().open = true;
    talking = true;
  }
}

Result<void> SessionChannel::State::decrypt(std::span<const std::uint8_t> packet, SteadyTime now) {
  const auto plaintext = inbox.extend(packet.size() < kNoiseTag ? 0 : packet.size() - kNoiseTag);
  Result<void> opened = transport->receive.open(packet, plaintext);
  if (!opened) return opened;
  peer_proven = true;
  reader = RecordReader(plaintext);
  inbox_time = now;
  return {};
}

void SessionChannel::State::release_inbox() {
  reader = RecordReader({});
  inbox.release();
  assembly.release();
}

Event SessionChannel::State::handle(const Record& record) {
  return std::visit([this](const auto& r) { return on(r); }, record);
}

Event SessionChannel::State::on(const OpenRecord& record) {
  if (role != Role::agent || phase != SessionPhase::opening) return unexpected("OPEN");
  if (record.version != kProtocolVersion) return session_of_other_version(record.version);
  phase = SessionPhase::asked;
  return SessionEvent(session_event::OpenAsked{record.software});
}

Event SessionChannel::State::on(const ResumeRecord& record) {
  if (role != Role::agent || phase != SessionPhase::opening) return unexpected("RESUME");
  if (record.version != kProtocolVersion) return session_of_other_version(record.version);
  phase = SessionPhase::resume_asked;
  return SessionEvent(session_event::ResumeAsked{record});
}

Event SessionChannel::State::on(const OpenedRecord& record) {
  if (role != Role::client || phase != SessionPhase::opening || ticket) return unexpected("OPENED");
  phase = SessionPhase::open;
  return SessionEvent(session_event::Opened{record});
}

Event SessionChannel::State::on(const ResumedRecord& record) {
  if (role != Role::client || phase != SessionPhase::opening || !ticket) {
    return unexpected("RESUMED");
  }
  if (!ledger->can_go_on_after(record.received)) return ack_unsent(record.received);
  ledger->go_on_after(record.received);
  talking = true;
  phase = SessionPhase::open;
  return SessionEvent(session_event::Resumed{});
}

Event SessionChannel::State::on(const RefusedRecord& record) {
  if (role != Role::client || phase != SessionPhase::opening) return unexpected("REFUSED");
  return peer_closed(true, record.code, record.reason);
}

Event SessionChannel::State::on(const CloseRecord& record) {
  return peer_closed(false, record.code, record.reason);
}

Event SessionChannel::State::peer_closed(bool refused, WireCode code, std::string_view reason) {
  session_event::Closed event{refused, code, printable(reason)};
  phase = SessionPhase::closed;
  ledger->queue.clear();
  pending.reset();
  return SessionEvent(std::move(event));
}

Event SessionChannel::State::on(const MessageRecord& record) {
  if (phase != SessionPhase::open && phase != SessionPhase::asked) return unexpected("MESSAGE");
  const Result<MessageAssembly::Outcome> outcome = assembly.take(record);
  if (!outcome) return fail(outcome.error());
  switch (*outcome) {
    case MessageAssembly::Outcome::part:
      return std::optional<SessionEvent>();
    case MessageAssembly::Outcome::duplicate:
      ack.duplicate_came(inbox_time);
      return std::optional<SessionEvent>();
    case MessageAssembly::Outcome::whole:
      break;
  }
  const auto bytes = assembly.message();
  ack.message_came(inbox_time, bytes.size());
  // A byte may be looked at as a char ([basic.lval]).
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return SessionEvent(session_event::Message{text});
}

Event SessionChannel::State::on(const AckRecord& record) {
  if (phase != SessionPhase::open && phase != SessionPhase::asked) return unexpected("ACK");
  if (record.number > ledger->queue.taken()) return ack_unsent(record.number);
  ledger->queue.acknowledge(record.number);
  return std::optional<SessionEvent>();
}

Event SessionChannel::State::ack_unsent(std::uint64_t number) const {
  return fail(codes::kAckUnsent,
              "message " + std::to_string(number) + " was acknowledged, but " +
                  std::to_string(ledger->queue.taken()) + " was the last to be sent",
              "the peer's software breaks the protocol");
}

Event SessionChannel::State::on(const PingRecord& record) {
  if (phase != SessionPhase::open && phase != SessionPhase::asked) return unexpected("PING");
  pending_records().pong = record.data;
  return std::optional<SessionEvent>();
}

Event SessionChannel::State::on(const PongRecord& record) {
  if (phase != SessionPhase::open && phase != SessionPhase::asked) return unexpected("PONG");
  return SessionEvent(session_event::Pong{record.data});
}

}  // namespace sfteams::tunnel
