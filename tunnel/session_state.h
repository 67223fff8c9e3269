#pragma once

// Only for session_channel.cpp and its parts: what a SessionChannel consists of.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "tunnel/ack_schedule.h"
#include "tunnel/message_assembly.h"
#include "tunnel/session_channel.h"
#include "tunnel/session_ledger.h"
#include "tunnel/wiped_bytes.h"

namespace sfteams::tunnel {

/// How far a session has come. The order counts: see State::is_ending().
enum class SessionPhase {
  handshake,     ///< the peer's Noise message has to come
  opening,       ///< client: OPENED has to come; agent: OPEN or RESUME has to come
  asked,         ///< agent: the owner has to accept or refuse; messages may come already
  resume_asked,  ///< agent: the owner has to accept or refuse; nothing may come
  open,
  closing,  ///< what is queued, and CLOSE, still goes out; nothing is taken in
  closed,
  failed,
};

/// Records that wait to go out once. On the heap, because most of the time there are none.
struct PendingRecords {
  bool open = false;
  std::optional<ResumeRecord> resume;
  bool resumed = false;
  std::optional<OpenedRecord> opened;  ///< its secret is in `resume_secret`
  crypto::Secret resume_secret;
  bool refused = false;
  bool close = false;
  WireCode code = WireCode::normal;  ///< of REFUSED and CLOSE
  std::string reason;
  std::optional<std::array<std::uint8_t, 8>> ping;
  std::optional<std::array<std::uint8_t, 8>> pong;

  /// Those that may go out before the session is open.
  [[nodiscard]] bool opening() const { return open || resume || resumed || opened || refused; }
  [[nodiscard]] bool any() const { return opening() || close || ping || pong; }
};

struct SessionChannel::State {
  using Event = Result<std::optional<SessionEvent>>;

  explicit State(SessionChannelOptions& options);

  // Incoming (session_incoming.cpp).
  [[nodiscard]] Result<void> read_handshake(std::span<const std::uint8_t> packet);
  void ask_for_session();
  [[nodiscard]] Result<void> decrypt(std::span<const std::uint8_t> packet, SteadyTime now);
  /// One record's event; nullopt when it has none (an ACK, a fragment).
  [[nodiscard]] Event handle(const Record& record);
  [[nodiscard]] Event on(const OpenRecord& record);
  [[nodiscard]] Event on(const OpenedRecord& record);
  [[nodiscard]] Event on(const ResumeRecord& record);
  [[nodiscard]] Event on(const ResumedRecord& record);
  [[nodiscard]] Event on(const RefusedRecord& record);
  [[nodiscard]] Event on(const MessageRecord& record);
  [[nodiscard]] Event on(const AckRecord& record);
  [[nodiscard]] Event on(const PingRecord& record);
  [[nodiscard]] Event on(const PongRecord& record);
  [[nodiscard]] Event on(const CloseRecord& record);
  [[nodiscard]] Event ack_unsent(std::uint64_t number) const;
  [[nodiscard]] Event peer_closed(bool refused, WireCode code, std::string_view reason);
  void release_inbox();

  // Outgoing (session_outgoing.cpp).
  [[nodiscard]] Pull next_packet(std::span<std::uint8_t> out, std::size_t credit, SteadyTime now);
  /// Writes records into `plaintext` and returns their length. `largest` is the longest plaintext
  /// that credit allows: a message that fits into that is not split for less.
  [[nodiscard]] std::size_t write_records(std::span<std::uint8_t> plaintext, std::size_t largest);
  [[nodiscard]] bool write_opening(RecordWriter& writer);
  [[nodiscard]] bool write_answers(RecordWriter& writer);
  [[nodiscard]] bool write_messages(RecordWriter& writer, std::size_t largest);
  void write_close(RecordWriter& writer);
  [[nodiscard]] bool wants_to_send(SteadyTime now) const;

  [[nodiscard]] bool is_ending() const { return phase >= SessionPhase::closing; }
  [[nodiscard]] PendingRecords& pending_records();
  void fail_channel();

  Role role;
  SessionPhase phase = SessionPhase::handshake;
  bool peer_proven = false;
  /// Client: the handshake is done, and no old session has to be given back first. Agent: the
  /// session was accepted. Before, only the question or the answer goes out.
  bool talking = false;
  std::string software;
  std::optional<ResumeTicket> ticket;

  std::unique_ptr<NoiseHandshake> handshake;
  std::optional<std::array<std::uint8_t, kHandshakePacket>> handshake_packet;
  std::optional<NoiseTransport> transport;
  crypto::Sha256Digest handshake_hash{};

  WipedBytes inbox;  ///< plaintext of the last packet
  RecordReader reader{{}};
  SteadyTime inbox_time{};
  MessageAssembly assembly;  ///< has the number received, while the ledger is here
  AckSchedule ack;

  /// nullptr once the session has left for another stream.
  std::unique_ptr<SessionLedger> ledger;
  std::unique_ptr<PendingRecords> pending;
};

}  // namespace sfteams::tunnel
