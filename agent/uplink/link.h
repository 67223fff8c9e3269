#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "agent/keys/active_key.h"
#include "agent/sessions/session_stream.h"
#include "agent/sessions/sessions.h"
#include "base/crypto/ed25519.h"
#include "base/error/error.h"
#include "transport/scheduler.h"
#include "tunnel/control.h"
#include "tunnel/frame.h"
#include "tunnel/outbox.h"

namespace sfteams::agent {

/// One connection to the connector, from CHALLENGE to its end: registers the name and carries the
/// clients' streams. Bytes in, bytes out; the websocket around it is agent/uplink/uplink.h.
/// Whatever breaks the protocol ends the link, never the process.
class Link {
 public:
  struct Setup {
    transport::Scheduler& scheduler;
    const crypto::Ed25519Key& identity;
    std::string system_name;
    std::string software;  ///< "starface-teams-agent/0.1.0"
    Sessions& sessions;
  };

  /// Why the link is over.
  struct Failure {
    Error error;
    transport::Duration retry_after{0};  ///< what the connector asked for
    bool refused = false;                ///< the connector said so (error.code says what)
  };

  struct Events {
    std::function<void()> wake;                  ///< there is something to send
    std::function<void()> registered;            ///< the name is ours: clients may come
    std::function<void(const Failure&)> failed;  ///< once; then nothing is taken or sent any more
  };

  /// What is known of the connector's keys of this system.
  enum class KeysAtConnector {
    taken,    ///< it has those that are in force here
    pending,  ///< it has not acknowledged them yet
    unknown,  ///< they were sent, and this connector acknowledges none
  };

  /// `keys` outlives the link; after a change, keys_changed() is called.
  Link(Setup setup, const ActiveKeys& keys, Events events);
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  // What the websocket hands over.
  void on_message(std::span<const std::uint8_t> message);
  [[nodiscard]] std::size_t next_message(std::span<std::uint8_t> out);

  /// The connection is gone: the streams are, too, and their sessions wait for their clients.
  void disconnected();

  /// Sends the connector what it has not been sent yet, at once or when it has taken the
  /// registration, and ends every stream of a key that is not good any more with key-revoked.
  /// Keys that the connector does not acknowledge within tunnel::kKeysDeadline end the link with
  /// agent.keys-not-taken.
  void keys_changed();
  /// Ends every stream with shutting-down and takes no new one.
  void drain();

  [[nodiscard]] bool registered() const { return state_ == State::registered; }
  /// Before REGISTERED: pending.
  [[nodiscard]] KeysAtConnector keys_at_connector() const;
  /// Streams that are open, whether they carry a session yet or not.
  [[nodiscard]] std::size_t streams() const { return streams_.size(); }
  /// Nothing waits to be sent.
  [[nodiscard]] bool idle() const { return outbox_.empty(); }

 private:
  enum class State { challenge_due, answer_due, registered, over };

  [[nodiscard]] Result<void> take(const tunnel::Frame& frame);
  [[nodiscard]] Result<void> take_challenge(const tunnel::Frame& frame);
  [[nodiscard]] Result<void> take_registered(const tunnel::Frame& frame);
  [[nodiscard]] Result<void> take_refused(const tunnel::Frame& frame);
  [[nodiscard]] Result<void> take_open(const tunnel::Frame& frame);
  [[nodiscard]] Result<void> take_stream_frame(const tunnel::Frame& frame);
  [[nodiscard]] Result<void> take_keys_taken(const tunnel::Frame& frame);
  void send_keys();
  void start_stream(std::uint32_t stream, const ActiveKey& key);
  void bury(std::uint32_t stream);
  void fail_with(const Failure& failure);
  [[nodiscard]] std::vector<tunnel::AdmissionKey> admission_keys() const;
  /// nullptr: none of ours, or not any more.
  [[nodiscard]] const ActiveKey* key_of(const tunnel::KeyId& id) const;

  Setup setup_;
  const ActiveKeys& keys_;
  Events events_;
  tunnel::Outbox outbox_;
  std::map<std::uint32_t, std::unique_ptr<SessionStream>> streams_;
  std::vector<std::uint32_t> over_;  ///< streams to be destroyed by burial_
  std::unique_ptr<transport::Timer> burial_;
  std::unique_ptr<transport::Timer> deadline_;
  /// What the connector has been sent last on this link, in REGISTER or later. Compared with the
  /// keys in force, so that no change can be missed, whenever it comes.
  std::vector<tunnel::AdmissionKey> sent_keys_;
  std::uint32_t sent_number_ = 0;   ///< of sent_keys_; 0: they were in REGISTER
  std::uint32_t taken_number_ = 0;  ///< acknowledged; REGISTERED acknowledges 0
  bool acknowledges_keys_ = false;
  std::unique_ptr<transport::Timer> keys_deadline_;
  std::uint32_t max_streams_ = 0;
  std::uint32_t newest_stream_ = 0;
  State state_ = State::challenge_due;
  bool draining_ = false;
};

}  // namespace sfteams::agent
