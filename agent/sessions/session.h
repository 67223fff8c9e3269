#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "agent/sessions/holdings.h"
#include "agent/sessions/kept_ledger.h"
#include "agent/sessions/talk.h"
#include "base/crypto/hash.h"
#include "base/crypto/secret.h"
#include "base/error/error.h"
#include "transport/scheduler.h"
#include "tunnel/control.h"
#include "tunnel/record.h"
#include "tunnel/session_ledger.h"

namespace sfteams::agent {

class Session;

/// The stream that carries a session just now (agent/sessions/session_stream.h; a fake in tests).
class SessionCarrier {
 public:
  virtual ~SessionCarrier() = default;
  /// As tunnel::SessionChannel::send().
  [[nodiscard]] virtual Result<void> send(std::string_view message) = 0;
  /// As tunnel::SessionChannel::held_bytes().
  [[nodiscard]] virtual std::size_t held() const = 0;
  /// Something waits for the client, and for a while it has taken nothing.
  [[nodiscard]] virtual bool is_stuck() const = 0;
  /// The session is over: what is queued is still sent, then CLOSE.
  virtual void finish(tunnel::WireCode code, std::string_view reason) = 0;
  /// The session is over, and nothing more is sent but this. What was queued is freed.
  virtual void abort(tunnel::WireCode code, std::string_view reason) = 0;
  /// The session goes on elsewhere; nullptr: it cannot.
  [[nodiscard]] virtual std::unique_ptr<tunnel::SessionLedger> leave() = 0;
};

/// Whose session it is.
class SessionOwner {
 public:
  virtual ~SessionOwner() = default;
  /// It holds another number of bytes than before. Sessions that are beyond a limit are dropped in
  /// here, it among them.
  virtual void on_held(Session& session) = 0;
  /// Its client has gone; what it holds waits for it. It may be dropped in here or soon after.
  virtual void on_away(Session& session) = 0;
  /// It was dropped because of this limit: a key of [limits], or what stands in
  /// docs/monitoring.md.
  virtual void on_dropped(std::string_view limit) = 0;
  virtual void on_sign_in(Session& session, SignIn state) = 0;
  /// Its client has come back to it.
  virtual void on_resumed() = 0;
  /// Its client did not come back, or had missed too much.
  virtual void on_given_up() = 0;
  /// It wants to be destroyed, in a later turn. Called once.
  virtual void on_over(Session& session) = 0;
};

/// One session with one client. It has a stream, or waits for its client to come back on another
/// one; what is said meanwhile is kept. Over when either side closes it, when the client broke the
/// protocol, does not read, or does not come back in time, when more is held for it than the limits
/// allow, and when its stream goes while nobody is signed in or signing in.
class Session final : public Speaker {
 public:
  struct Setup {
    transport::Scheduler& scheduler;
    SessionOwner& owner;
    tunnel::SessionId id{};
    tunnel::KeyId key{};    ///< by which the client was admitted
    crypto::Secret secret;  ///< 32 bytes, by which it gets the session back
    transport::Duration window{0};
    Holdings& holdings;  ///< outlives it
  };

  explicit Session(Setup setup);
  ~Session() override;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Before anything else.
  void set_talk(std::unique_ptr<Talk> talk) { talk_ = std::move(talk); }

  [[nodiscard]] const tunnel::SessionId& id() const { return setup_.id; }
  [[nodiscard]] const tunnel::KeyId& key() const { return setup_.key; }
  [[nodiscard]] const crypto::Secret& secret() const { return setup_.secret; }
  [[nodiscard]] transport::Duration window() const { return setup_.window; }
  [[nodiscard]] bool waits_for_client() const { return ledger_.there(); }
  /// What it holds, and for whom.
  [[nodiscard]] const Holding& holding() const { return holding_; }
  /// Its client is away, or has taken nothing for a while although something waits for it.
  [[nodiscard]] bool is_stuck() const {
    return ledger_.there() || (carrier_ != nullptr && carrier_->is_stuck());
  }
  /// What a client that wants it back is answered once it is over.
  [[nodiscard]] tunnel::WireCode refusal() const { return refusal_; }

  // --- from the stream ---

  /// The session was opened on this stream, which calls lost() or over() before it goes.
  /// `handshake_hash`: of this stream's handshake.
  void open_on(SessionCarrier& carrier, std::string_view software,
               const crypto::Sha256Digest& handshake_hash);
  /// The client is back and has everything up to `received`. A stream that carries the session
  /// still, as far as we know, is given up. What is to be gone on with; nullptr: too much is
  /// missing, the session is over.
  [[nodiscard]] std::unique_ptr<tunnel::SessionLedger> move_to(SessionCarrier& carrier,
                                                               std::uint64_t received);
  void on_message(std::string_view text);
  /// The stream holds another number of bytes than before.
  void on_held();
  /// The stream has gone without a word.
  void on_lost(std::unique_ptr<tunnel::SessionLedger> ledger);
  /// The client has closed the session, or the stream has failed it.
  void on_closed();

  /// Ends it with tunnel.too-slow, because of this limit (SessionOwner::on_dropped()). What it held
  /// is free at once; a client that is away, or does not hear it, is told when it comes back.
  /// Allowed inside say().
  void drop(std::string_view limit, std::string_view reason);

  // --- from what talks ---

  bool say(std::string_view text) override;
  void end(tunnel::WireCode code, std::string_view reason) override;
  void on_sign_in(SignIn state, std::string_view user) override;

 private:
  [[nodiscard]] Result<void> keep(std::string_view text);
  void give_up(const char* why);
  void be_over();

  Setup setup_;
  std::unique_ptr<Talk> talk_;
  SessionCarrier* carrier_ = nullptr;
  Holding holding_;
  KeptLedger ledger_;  ///< while there is no stream
  std::unique_ptr<transport::Timer> window_;
  SignIn sign_in_ = SignIn::none;
  tunnel::WireCode refusal_ = tunnel::WireCode::session_unknown;
  bool over_ = false;
};

}  // namespace sfteams::agent
