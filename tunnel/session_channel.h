#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/crypto/secret.h"
#include "base/crypto/x25519.h"
#include "base/error/error.h"
#include "tunnel/limits.h"
#include "tunnel/noise.h"
#include "tunnel/outbox.h"
#include "tunnel/record.h"
#include "tunnel/session_ledger.h"

namespace sfteams::tunnel {

using SteadyTime = std::chrono::steady_clock::time_point;

/// What came of a packet. Views are valid until the next call of receive() or next_event().
namespace session_event {
/// Agent: the client wants a new session. Answer with accept() or refuse(). Messages may already
/// follow behind it in the same packet.
struct OpenAsked {
  std::string_view software;
};
/// Agent: the client wants an old session back. Answer with resume() when the proof is right (see
/// resume_proof() in tunnel/record.h) and the ledger can go on there, or with
/// refuse(WireCode::session_unknown, …).
struct ResumeAsked {
  ResumeRecord request;
};
/// Client: the session is there.
struct Opened {
  OpenedRecord session;
};
/// Client: the old session goes on. What the agent had not received is being sent again.
struct Resumed {};
/// One whole message, in order, exactly once. It may hold a password: whoever copies it wipes it.
struct Message {
  std::string_view text;
};
/// The answer to ping().
struct Pong {
  std::array<std::uint8_t, 8> data;
};
/// The peer refused the session (to the client only) or closed it: the last event.
struct Closed {
  bool refused = false;
  WireCode code = WireCode::normal;
  std::string reason;  ///< printable
};
}  // namespace session_event

using SessionEvent =
    std::variant<session_event::OpenAsked, session_event::ResumeAsked, session_event::Opened,
                 session_event::Resumed, session_event::Message, session_event::Pong,
                 session_event::Closed>;

/// What a client needs to get its session back: what OPENED said.
struct ResumeTicket {
  SessionId session_id{};
  crypto::Secret secret;  ///< 32 bytes
};

struct SessionChannelOptions {
  enum class Role { client, agent };
  Role role = Role::client;
  std::string name;               ///< the system name, canonical: part of the prologue
  crypto::Secret pre_shared_key;  ///< 32 bytes, from the system key
  std::string software;           ///< client: "starface-teams-client/0.1.0", at most 64 bytes
  std::size_t max_queued = 0;     ///< bytes of messages kept; 0: the default of the role (limits.h)
  /// Client: asks for this session instead of a new one. Both, or none.
  std::optional<ResumeTicket> resume;
  std::unique_ptr<SessionLedger> ledger;
  /// Only for worked examples: a fixed key pair instead of a random one.
  std::optional<crypto::X25519Key> ephemeral;
};

/// One end of a session between client and agent: Noise handshake, then numbered, acknowledged,
/// fragmented messages in records. Bytes in, bytes out: it knows no stream, no credit, no clock.
///
/// Its owner
/// - feeds every DATA payload to receive(), then takes events until next_event() gives none;
/// - asks next_packet() when it may send, with the credit that it has (tunnel/outbox.h: this is
///   what a PacketSource returns), and wakes its Outbox::Stream after receive(), send(), … when
///   wants_to_send(now);
/// - calls again at deadline(): then wants_to_send(now) is true for an ACK that waited long enough.
///
/// Any error of receive() or next_event() ends it: the owner closes the stream with
/// wire_code_for(error). What came decrypted or waits to be sent is wiped when it goes. Empty
/// queues hold no memory; an idle channel is a few hundred bytes beside two cipher contexts.
class SessionChannel {
 public:
  using Role = SessionChannelOptions::Role;

  /// Fails with crypto.no-randomness. A wrong size of the key, a name that is no system name or too
  /// long a software text is a programmer's error (std::invalid_argument).
  [[nodiscard]] static Result<SessionChannel> create(SessionChannelOptions options);
  ~SessionChannel();
  SessionChannel(SessionChannel&&) noexcept;
  SessionChannel& operator=(SessionChannel&&) noexcept;

  // --- in ---

  /// One packet (1 … 4,080 bytes). What it holds is then taken with next_event(); a packet before
  /// all events of the last one were taken is a programmer's error (std::logic_error). Fails with
  /// tunnel.noise-bad-length, .handshake-failed, .noise-tampered; after close(), refuse() or an
  /// event Closed, and after any failure, with tunnel.channel-closed.
  [[nodiscard]] Result<void> receive(std::span<const std::uint8_t> packet, SteadyTime now);

  /// The next event of the last packet; nullopt when there is none left. Fails with
  /// tunnel.record-malformed, .record-unknown-type, .record-unexpected (wrong role or state),
  /// .version-unsupported, .number-gap, .fragment-order, .ack-unsent, .too-large.
  [[nodiscard]] Result<std::optional<SessionEvent>> next_event();

  // --- out ---

  /// Queues a message of at least 1 byte. Allowed from the start: a client's messages follow its
  /// OPEN without waiting for OPENED (its RESUME: after RESUMED); an agent's wait for accept().
  /// Kept until the peer has acknowledged it. The text is copied: wipe yours if it holds a
  /// password. Fails with tunnel.too-large (256 KiB to the agent, 4 MiB to the client),
  /// tunnel.queue-full (the peer does not read: close with WireCode::too_slow),
  /// tunnel.channel-closed. Neither failure changes the channel.
  [[nodiscard]] Result<void> send(std::string_view message);

  /// Agent, after OpenAsked: answers OPENED. `resume_secret` is 32 bytes.
  void accept(const SessionId& session_id, std::span<const std::uint8_t> resume_secret,
              std::uint32_t window_seconds);
  /// Agent, after ResumeAsked: answers RESUMED, and sends again what the client has not received.
  /// `ledger` is that of the session and can_go_on_after(`received`) (std::invalid_argument).
  void resume(std::unique_ptr<SessionLedger> ledger, std::uint64_t received);
  /// Agent, after OpenAsked or ResumeAsked: answers REFUSED and CLOSE; then closed().
  void refuse(WireCode code, std::string_view reason);
  /// A PING with 8 bytes of the caller's choice; event Pong answers. The last one counts.
  void ping(const std::array<std::uint8_t, 8>& data);
  /// What is queued is wiped and freed: the session is over, and nothing more is sent.
  void discard();
  /// The stream has gone, the session goes on: what it needs on another one. Nothing is taken any
  /// more, in or out. nullptr when there is no session to go on with: it was closed, it failed, or
  /// it was never open.
  [[nodiscard]] std::unique_ptr<SessionLedger> leave();

  /// What is queued is still sent, then a CLOSE record. Nothing more is taken, in or out. Before
  /// the handshake is done it just ends.
  void close(WireCode code, std::string_view reason);

  /// Writes the next packet of at most min(credit, 4,080) bytes to `out`; as much as fits goes
  /// in: a waiting ACK, control records, then messages. {0, more}: `out` is too small for a packet
  /// that credit would allow; {0, blocked}: credit is. Messages are split only when they are longer
  /// than the credit or a packet allows.
  [[nodiscard]] Pull next_packet(std::span<std::uint8_t> out, std::size_t credit, SteadyTime now);

  /// True when next_packet() has something, credit aside.
  [[nodiscard]] bool wants_to_send(SteadyTime now) const;
  /// When a waiting ACK is due; nullopt when none waits. Valid until the next call of anything.
  [[nodiscard]] std::optional<SteadyTime> deadline() const;

  // --- state ---

  /// The Noise handshake is done: the peer has the pre-shared key (the client knows it from the
  /// agent's answer, the agent from the client's first record).
  [[nodiscard]] bool established() const;
  /// Everything incl. CLOSE has been sent, or a Closed event came, or it failed.
  [[nodiscard]] bool closed() const;
  /// Bytes of messages that wait to be sent or to be acknowledged.
  [[nodiscard]] std::size_t queued_bytes() const;
  /// Bytes of memory that messages take: those of queued_bytes(), and one that has come in part.
  [[nodiscard]] std::size_t held_bytes() const;
  /// The number of our last message that the peer has acknowledged.
  [[nodiscard]] std::uint64_t acknowledged() const;
  /// 32 bytes that both ends share and nobody else knows in advance; zero before established().
  [[nodiscard]] const crypto::Sha256Digest& handshake_hash() const;

 private:
  struct State;
  explicit SessionChannel(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// "starface-teams/1" 0x00 name: the Noise prologue.
[[nodiscard]] std::string session_prologue(std::string_view name);

}  // namespace sfteams::tunnel
