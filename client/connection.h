#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <json/value.h>

#include "base/crypto/ecdsa_p256.h"
#include "base/crypto/hash.h"
#include "base/crypto/secret.h"
#include "base/error/error.h"
#include "client/access.h"
#include "client/link.h"
#include "transport/alive.h"
#include "transport/backoff.h"
#include "transport/network.h"
#include "transport/websocket.h"
#include "tunnel/session_channel.h"

namespace sfteams::client {

struct ConnectionOptions {
  std::shared_ptr<const Access> access;
  std::optional<std::filesystem::path> ca_file;  ///< PEM; instead of the system's authorities
  /// From the start to an open session, and for each try to get it back.
  transport::Duration open_timeout{15'000};
  transport::Keepalive keepalive;
  transport::Backoff::Limits backoff;
  std::optional<transport::Proxy> proxy;  ///< on the way to the connector
  std::string software;                   ///< "starface-teams-client/0.1.0", at most 64 bytes
};

/// Who owns a Connection hears this. A handler may destroy the Connection inside any of them.
class ConnectionHandler {
 public:
  virtual ~ConnectionHandler() = default;
  /// The session is there: the connector has admitted us and the agent has proved that it holds the
  /// key.
  virtual void on_open() = 0;
  /// The way to the agent broke. For at most `window` the session is tried to be got back; calls
  /// are kept meanwhile, and nothing is lost.
  virtual void on_interrupted(const Error& error, transport::Duration window);
  /// The session goes on where it was; or, where nobody had signed in, another one in its place.
  virtual void on_resumed();
  /// A notification of the agent: an event of the PBX. `params` is an array or null.
  virtual void on_notification(const std::string& method, const Json::Value& params) = 0;
  /// The end; the last call. Every call under way has failed by then. nullopt after our own
  /// close().
  virtual void on_closed(const std::optional<Error>& error) = 0;
};

/// One session with one PBX, over as many links to the connector as it takes: JSON-RPC on top of
/// client/link.h. Asynchronous, on the Network's loop; a few KiB each, so that a thousand fit into
/// one process.
class Connection final : private LinkHandler {
 public:
  /// Starts and returns at once. Fails at once with crypto.no-randomness, or as transport::dial()
  /// does.
  [[nodiscard]] static Result<std::unique_ptr<Connection>> open(transport::Network& network,
                                                                ConnectionOptions options,
                                                                ConnectionHandler& handler);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  using Answer = std::function<void(Result<Json::Value>)>;
  /// Calls a method; `answer` comes exactly once, in a later turn or when the connection ends,
  /// unless the Connection is destroyed before. May be called before on_open(). `params` is an
  /// array, an object or null. Fails (through `answer`) with what the agent said, with
  /// client.timeout, or with how the connection ended. A timeout of zero: none.
  void call(std::string_view method, const Json::Value& params, transport::Duration timeout,
            Answer answer);
  /// session.login. The password is wiped from every buffer of ours once the agent has it.
  void login(std::string_view user, const crypto::Secret& password, transport::Duration timeout,
             Answer answer);

  /// How long a ticket is to live.
  enum class TicketLife {
    tab,      ///< 12 hours at most
    lasting,  ///< as long as the agent's administrator allows
  };
  /// session.ticket: {"ticket", "expires"}, by which `device` may sign the user in later. Somebody
  /// has to be signed in.
  void ask_for_ticket(const crypto::P256Key& device, TicketLife life, transport::Duration timeout,
                      Answer answer);
  /// session.login by a ticket that was made for `device`. From on_open() on: the proof is for this
  /// session. After session.ticket-refused it is worth nothing; after any other error it may be
  /// tried again later.
  void login_by_ticket(std::string_view ticket, const crypto::P256Key& device,
                       transport::Duration timeout, Answer answer);

  /// Sends what is queued, says goodbye and ends; on_closed(nullopt) follows, perhaps at once when
  /// the way to the agent is broken.
  void close();

 private:
  enum class Stage { opening, open, interrupted, closing, over };
  /// What a call does to the sign-in, once it is answered.
  enum class Effect { none, signs_in, signs_out };
  struct Pending {
    Answer answer;
    Effect effect = Effect::none;
    std::unique_ptr<transport::Timer> timer;
  };
  /// What OPENED said.
  struct SessionRight {
    tunnel::SessionId id{};
    crypto::Secret secret;
    transport::Duration window{0};
    crypto::Sha256Digest handshake_hash{};  ///< of the handshake that opened it
  };

  Connection(transport::Network& network, ConnectionOptions options, ConnectionHandler& handler);

  // LinkHandler
  void on_opened(const tunnel::OpenedRecord& session,
                 const crypto::Sha256Digest& handshake_hash) override;
  void on_resumed() override;
  Result<void> on_text(std::string_view text) override;
  void on_over(const std::optional<LinkFailure>& failure) override;

  [[nodiscard]] Result<void> start_link();
  void interrupted(const LinkFailure& failure);
  void try_again();
  /// The agent keeps no session in which nobody has signed in: opens another one, and asks it what
  /// the old one had not received.
  void start_afresh();
  void note_unreceived(const tunnel::SessionLedger& ledger);
  [[nodiscard]] Result<void> send(std::string_view text);
  void send_request(std::string_view method, const Json::Value& params, transport::Duration timeout,
                    Answer answer);
  void refused_unread(const Error& error);
  void finish_pending(std::uint64_t id, Result<Json::Value> result);
  /// Ends everything and tells the handler; nothing is touched after it.
  void end(const std::optional<Error>& error);

  transport::Network& network_;
  transport::Loop& loop_;
  ConnectionOptions options_;
  ConnectionHandler& handler_;
  std::unique_ptr<Link> link_;
  std::optional<SessionRight> right_;
  std::unique_ptr<tunnel::SessionLedger> ledger_;  ///< while there is no link
  bool signed_in_ = false;
  /// While nobody is signed in and the session is asked back: what the agent may not have received.
  std::vector<crypto::Secret> unreceived_;
  transport::Backoff backoff_;
  std::unique_ptr<transport::Timer> retry_;
  std::unique_ptr<transport::Timer> window_;
  std::unordered_map<std::uint64_t, Pending> pending_;
  std::uint64_t next_id_ = 1;
  Stage stage_ = Stage::opening;
  /// Asked after every call into foreign code.
  transport::Alive alive_;
};

}  // namespace sfteams::client
