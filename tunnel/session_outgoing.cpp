#include <algorithm>

#include "tunnel/session_state.h"

namespace sfteams::tunnel {
namespace {

// A shorter piece of a long message is not worth its record and, alone, its packet.
constexpr std::size_t kSmallestFragment = 256;

}  // namespace

bool SessionChannel::State::wants_to_send(SteadyTime now) const {
  if (phase == SessionPhase::closed || phase == SessionPhase::failed) return false;
  if (handshake_packet) return true;
  if (!transport) return false;
  if (pending && (pending->opening() || pending->close)) return true;
  return talking && (!ledger->queue.empty() || ack.due(now) || (pending && pending->any()));
}

Pull SessionChannel::State::next_packet(std::span<std::uint8_t> out, std::size_t credit,
                                        SteadyTime now) {
  if (!wants_to_send(now)) return {};
  const std::size_t limit = std::min(kMaxPacket, credit);
  const Pull nothing{0, limit <= out.size() ? Pull::Next::blocked : Pull::Next::more};
  std::size_t size = 0;
  if (handshake_packet) {
    if (std::min(limit, out.size()) < kHandshakePacket) return nothing;
    std::copy(handshake_packet->begin(), handshake_packet->end(), out.begin());
    handshake_packet.reset();
    size = kHandshakePacket;
  } else {
    const std::size_t room = std::min(limit, out.size());
    if (room <= kNoiseTag) return nothing;
    const std::size_t plain = write_records(out.first(room - kNoiseTag), limit - kNoiseTag);
    if (plain == 0) return nothing;
    if (!transport->send.seal(out.first(plain), out)) {
      // 2^64 messages: nobody gets here, and nothing could be sent any more.
      fail_channel();
      return {};
    }
    size = plain + kNoiseTag;
  }
  return {size, wants_to_send(now) ? Pull::Next::more : Pull::Next::idle};
}

std::size_t SessionChannel::State::write_records(std::span<std::uint8_t> plaintext,
                                                 std::size_t largest) {
  RecordWriter writer(plaintext);
  const bool all = write_opening(writer) &&
                   (!talking || (write_answers(writer) && write_messages(writer, largest)));
  if (all) write_close(writer);
  if (pending && !pending->any()) pending.reset();
  return writer.size();
}

// These records go out once; false when one did not fit.
bool SessionChannel::State::write_opening(RecordWriter& writer) {
  if (!pending) return true;
  if (pending->open) {
    if (!writer.write(OpenRecord{kProtocolVersion, software})) return false;
    pending->open = false;
  }
  if (pending->resume) {
    if (!writer.write(*pending->resume)) return false;
    pending->resume.reset();
  }
  if (pending->resumed) {
    if (!writer.write(ResumedRecord{assembly.received()})) return false;
    pending->resumed = false;
    ack.sent();
  }
  if (pending->opened) {
    pending->opened->resume_secret = pending->resume_secret.bytes();
    if (!writer.write(*pending->opened)) return false;
    pending->opened.reset();
    pending->resume_secret = crypto::Secret();
  }
  if (pending->refused) {
    if (!writer.write(RefusedRecord{pending->code, pending->reason})) return false;
    pending->refused = false;
  }
  return true;
}

bool SessionChannel::State::write_answers(RecordWriter& writer) {
  if (ack.waiting()) {
    if (!writer.write(AckRecord{assembly.received()})) return false;
    ack.sent();
  }
  if (pending && pending->pong) {
    if (!writer.write(PongRecord{*pending->pong})) return false;
    pending->pong.reset();
  }
  if (pending && pending->ping) {
    if (!writer.write(PingRecord{*pending->ping})) return false;
    pending->ping.reset();
  }
  return true;
}

// `largest` is the plaintext of the largest packet that could be sent now; `writer` may have less
// room, because the websocket message is nearly full. A message that fits into the former is not
// split for the latter. Returns whether the queue is empty.
bool SessionChannel::State::write_messages(RecordWriter& writer, std::size_t largest) {
  MessageQueue& queue = ledger->queue;
  while (!queue.empty()) {
    const auto message = queue.front();
    if (writer.room() <= kMessageOverhead) return false;
    const std::size_t room = writer.room() - kMessageOverhead;
    std::size_t size = message.size();
    if (size > room) {
      const bool must_split = kMessageOverhead + size > largest;
      if (!must_split || room < kSmallestFragment) return false;
      size = room;
    }
    if (!writer.write(MessageRecord{size < message.size(), queue.number(), message.first(size)})) {
      return false;
    }
    queue.take(size);
  }
  return true;
}

void SessionChannel::State::write_close(RecordWriter& writer) {
  if (!pending || !pending->close) return;
  if (!writer.write(CloseRecord{pending->code, pending->reason})) return;
  pending.reset();
  ledger->queue.clear();
  phase = SessionPhase::closed;
}

PendingRecords& SessionChannel::State::pending_records() {
  if (!pending) pending = std::make_unique<PendingRecords>();
  return *pending;
}

void SessionChannel::State::fail_channel() {
  phase = SessionPhase::failed;
  handshake.reset();
  handshake_packet.reset();
  transport.reset();
  pending.reset();
  if (ledger) ledger->queue.clear();
  ack.sent();
  release_inbox();
}

}  // namespace sfteams::tunnel
