#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include <json/value.h>

#include "client/access.h"
#include "crypto/secret.h"
#include "error/error.h"
#include "transport/network.h"
#include "transport/websocket.h"
#include "tunnel/credit.h"
#include "tunnel/outbox.h"
#include "tunnel/session_channel.h"

namespace sfteams::client {

struct ConnectionOptions {
  std::shared_ptr<const Access> access;
  std::optional<std::filesystem::path> ca_file;  ///< PEM; instead of the system's authorities
  /// From the start to an open session.
  transport::Duration open_timeout{15'000};
  transport::Keepalive keepalive;
  std::string software;  ///< "starface-teams-client/0.1.0", at most 64 bytes
};

/// Who owns a Connection hears this. A handler may destroy the Connection inside any of them.
class ConnectionHandler {
 public:
  virtual ~ConnectionHandler() = default;
  /// The session is there: the connector has admitted us and the agent has proved that it holds the
  /// key.
  virtual void on_open() = 0;
  /// A notification of the agent: an event of the PBX. `params` is an array or null.
  virtual void on_notification(const std::string& method, const Json::Value& params) = 0;
  /// The end; the last call. Every call under way has failed by then. nullopt after our own
  /// close().
  virtual void on_closed(const std::optional<Error>& error) = 0;
};

/// One session with one PBX: websocket to the connector, admission, Noise, records, JSON-RPC.
/// Asynchronous, on the Network's loop; a few KiB each, so that a thousand fit into one process.
class Connection final : private transport::WebsocketHandler, private tunnel::PacketSource {
 public:
  /// Starts and returns at once. Fails at once with transport.ca-unreadable or
  /// crypto.no-randomness.
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
  /// session.login. The password is wiped from every buffer of ours once it is sealed.
  void login(std::string_view user, const crypto::Secret& password, transport::Duration timeout,
             Answer answer);

  /// Sends what is queued, says goodbye and ends; on_closed(nullopt) follows.
  void close();

 private:
  enum class Stage { connecting, challenge, admission, handshake, open, closing, over };
  struct Pending {
    Answer answer;
    std::unique_ptr<transport::Timer> timer;
  };

  Connection(transport::Network& network, ConnectionOptions options, ConnectionHandler& handler,
             tunnel::SessionChannel channel);

  // transport::WebsocketHandler
  void on_open() override;
  void on_message(std::span<const std::uint8_t> message) override;
  std::size_t next_message(std::span<std::uint8_t> out) override;
  void on_close(const transport::CloseInfo& info) override;
  // tunnel::PacketSource
  tunnel::Pull next_packet(std::span<std::uint8_t> out) override;
  void on_close_written() override;

  [[nodiscard]] Result<void> take_frame(const tunnel::Frame& frame);
  [[nodiscard]] Result<void> answer_challenge(std::span<const std::uint8_t> payload);
  [[nodiscard]] Result<void> admitted();
  [[nodiscard]] Result<void> take_packet(std::span<const std::uint8_t> packet);
  [[nodiscard]] Result<void> take_event(const tunnel::SessionEvent& event);
  [[nodiscard]] Result<void> take_text(std::string_view text);
  void send_request(std::string_view method, const Json::Value& params, transport::Duration timeout,
                    Answer answer);
  void flush();
  void arm_acknowledgement();
  void finish_pending(std::uint64_t id, Result<Json::Value> result);
  /// Ends everything and tells the handler; nothing is touched after it.
  void end(const std::optional<Error>& error);

  transport::Loop& loop_;
  ConnectionOptions options_;
  ConnectionHandler& handler_;
  tunnel::SessionChannel channel_;
  std::unique_ptr<transport::Websocket> websocket_;
  tunnel::Outbox outbox_;
  std::optional<tunnel::Outbox::Stream> stream_;
  tunnel::SendCredit send_credit_;
  tunnel::ReceiveCredit receive_credit_;
  std::unique_ptr<transport::Timer> open_timer_;
  std::unique_ptr<transport::Timer> acknowledge_timer_;
  std::unordered_map<std::uint64_t, Pending> pending_;
  std::uint64_t next_id_ = 1;
  Stage stage_ = Stage::connecting;
  /// Gone when this object is gone: asked after every call into foreign code.
  std::shared_ptr<const int> lifetime_ = std::make_shared<const int>(0);
};

}  // namespace sfteams::client
