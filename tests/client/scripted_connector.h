#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "client/connection.h"
#include "keygen/key_file.h"
#include "tests/transport/world.h"
#include "tunnel/control.h"
#include "tunnel/frame.h"
#include "tunnel/session_channel.h"

namespace sfteams::client::test {

/// What a client hears.
struct Listener final : ConnectionHandler {
  void on_open() override { opened = true; }
  void on_interrupted(const Error& error, transport::Duration within) override {
    ++interrupted;
    failure = error;
    window = within;
  }
  void on_resumed() override { ++resumed; }
  void on_notification(const std::string& method, const Json::Value& /*params*/) override {
    notifications.push_back(method);
  }
  void on_closed(const std::optional<Error>& error) override {
    closed = true;
    failure = error;
  }

  bool opened = false;
  int interrupted = 0;
  int resumed = 0;
  transport::Duration window{0};
  bool closed = false;
  std::optional<Error> failure;
  std::vector<std::string> notifications;
};

/// A connector with an agent behind it, on a real loopback socket, that does only what the test
/// says; and one client that has come to it.
class ScriptedConnector {
 public:
  explicit ScriptedConnector(transport::ServerOptions options = {});
  /// The client first: it has timers of the world's loop.
  ~ScriptedConnector() { client.reset(); }
  ScriptedConnector(const ScriptedConnector&) = delete;
  ScriptedConnector& operator=(const ScriptedConnector&) = delete;

  /// Opens the client; its key file names `host` and, if given, another port than ours.
  void dial(const std::string& scheme = "ws", const std::string& host = "127.0.0.1",
            std::optional<std::uint16_t> port = {});
  /// Until the client's websocket is there.
  void accept();
  /// Sends a whole websocket message as it is.
  void say(std::string message);
  void frame(tunnel::FrameType type, std::uint32_t stream, std::span<const std::uint8_t> payload);
  void challenge();
  void refuse(const tunnel::Refusal& refusal);
  /// From the challenge to ADMITTED.
  void admit();
  /// Also the agent's part: from ADMITTED to the open session.
  void open();
  /// The way breaks: websocket and stream are gone; the agent's end of the session is kept.
  void lose();
  /// What the agent has to say while nobody is there.
  void keep(std::string_view text) { REQUIRE(ledger_->send(text)); }
  /// The agent has given the session up.
  void forget() { ledger_.reset(); }
  /// Until the client has come once more than it was waited for.
  void await_client();
  /// Then to ADMITTED.
  void admit_again();
  /// Until the client, whose session was refused, has come once more; then to ADMITTED, with
  /// another session behind it.
  void open_another();
  /// Until the client has come again and has its session back.
  void come_back();
  /// One message of the agent inside the session.
  void tell(std::string_view text);
  /// What the session layer has to send, in DATA frames.
  void flush_session();
  /// Until the client has made this request to the agent; its text.
  std::string request();
  /// Until the client has been told the end; its code.
  std::string ending();

  [[nodiscard]] transport::test::World& world() { return world_; }
  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  /// The session's end beside the PBX. With another key than the client's, if the test wants that.
  void make_session(const keygen::SystemKey& key);
  [[nodiscard]] const keygen::SystemKey& key() const { return key_; }
  /// The client's frames so far, by type.
  [[nodiscard]] std::size_t count(tunnel::FrameType type) const;

  Listener listener;
  std::unique_ptr<Connection> client;
  transport::Duration open_timeout{10'000};
  std::uint32_t window = 0;  ///< seconds, for OPENED
  std::optional<std::filesystem::path> ca_file;
  /// The websockets that came; the client's is the last.
  std::vector<std::unique_ptr<transport::test::Recorder>> accepted;

 private:
  struct Arrived {
    tunnel::FrameType type;
    std::vector<std::uint8_t> payload;
  };

  void listen(transport::ServerOptions options);
  void take(const std::string& message);
  void take_session(std::span<const std::uint8_t> packet);
  void give_back(const tunnel::ResumeRecord& request);

  transport::test::World world_;
  std::unique_ptr<transport::Server> server_;
  keygen::SystemKey key_ = keygen::SystemKey::generate().value();
  std::optional<tunnel::SessionChannel> session_;
  std::unique_ptr<tunnel::SessionLedger> ledger_;  ///< of the session, while it has no stream
  std::vector<Arrived> frames_;
  std::size_t awaited_ = 0;  ///< of `accepted`
  std::vector<std::string> requests_;
};

}  // namespace sfteams::client::test
