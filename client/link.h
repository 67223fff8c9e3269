#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/crypto/hash.h"
#include "base/error/error.h"
#include "client/access.h"
#include "transport/alive.h"
#include "transport/network.h"
#include "transport/websocket.h"
#include "tunnel/credit.h"
#include "tunnel/frame.h"
#include "tunnel/outbox.h"
#include "tunnel/session_channel.h"

namespace sfteams::client {

/// Why a link is over.
struct LinkFailure {
  Error error;
  /// It is the way that broke, not the session: another link may bring it back.
  bool session_may_live = false;
  transport::Duration retry_after{0};  ///< what the connector asked for
};

/// Who owns a Link hears this, and may destroy the Link inside any of them.
class LinkHandler {
 public:
  virtual ~LinkHandler() = default;
  /// A new session: the connector has admitted us and the agent has proved that it holds the key.
  /// `handshake_hash`: of the handshake that opened it.
  virtual void on_opened(const tunnel::OpenedRecord& session,
                         const crypto::Sha256Digest& handshake_hash) = 0;
  /// The old session goes on.
  virtual void on_resumed() = 0;
  /// One whole message; the view is wiped after the call.
  [[nodiscard]] virtual Result<void> on_text(std::string_view text) = 0;
  /// The end; the last call. nullopt after our own close().
  virtual void on_over(const std::optional<LinkFailure>& failure) = 0;
};

/// One websocket to the connector and the one session on it: dial, admission, stream, Noise,
/// records.
class Link final : private transport::WebsocketHandler, private tunnel::PacketSource {
 public:
  struct Setup {
    transport::Network& network;
    const Access& access;  ///< outlives the link
    transport::DialOptions dial;
    transport::Keepalive keepalive;
    /// From the start to an open session.
    transport::Duration open_timeout{15'000};
    /// The session to be given back; without it, a new one. Both, or none.
    std::optional<tunnel::ResumeTicket> ticket;
    std::unique_ptr<tunnel::SessionLedger> ledger;
  };

  /// Starts and returns at once. Fails at once with crypto.no-randomness, or as transport::dial()
  /// does.
  [[nodiscard]] static Result<std::unique_ptr<Link>> start(Setup setup, LinkHandler& handler);
  ~Link() override;
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  /// As tunnel::SessionChannel::send().
  [[nodiscard]] Result<void> send(std::string_view message);
  /// Sends what is queued, says goodbye and ends; on_over(nullopt) follows.
  void close();
  /// What the session needs to go on over another link; nullptr: there is none to go on with.
  /// Nothing is sent or heard any more.
  [[nodiscard]] std::unique_ptr<tunnel::SessionLedger> leave();

 private:
  enum class Stage { connecting, challenge, admission, handshake, open, closing, over };

  Link(Setup setup, LinkHandler& handler, tunnel::SessionChannel channel);

  // transport::WebsocketHandler
  void on_open() override;
  void on_message(std::span<const std::uint8_t> message) override;
  std::size_t next_message(std::span<std::uint8_t> out) override;
  void on_close(const transport::CloseInfo& info) override;
  // tunnel::PacketSource
  tunnel::Pull next_packet(std::span<std::uint8_t> out) override;
  void on_close_written() override;

  using Taken = tl::expected<void, LinkFailure>;
  [[nodiscard]] Taken take_frame(const tunnel::Frame& frame);
  [[nodiscard]] Taken answer_challenge(std::span<const std::uint8_t> payload);
  [[nodiscard]] Taken admitted();
  [[nodiscard]] Taken take_packet(std::span<const std::uint8_t> packet);
  [[nodiscard]] Taken take_event(const tunnel::SessionEvent& event);
  void flush();
  void arm_acknowledgement();
  void end(const std::optional<LinkFailure>& failure);

  transport::Loop& loop_;
  LinkHandler& handler_;
  const Access& access_;
  transport::Keepalive keepalive_;
  tunnel::SessionChannel channel_;
  std::unique_ptr<transport::Websocket> websocket_;
  tunnel::Outbox outbox_;
  std::optional<tunnel::Outbox::Stream> stream_;
  tunnel::SendCredit send_credit_;
  tunnel::ReceiveCredit receive_credit_;
  std::unique_ptr<transport::Timer> open_timer_;
  std::unique_ptr<transport::Timer> acknowledge_timer_;
  Stage stage_ = Stage::connecting;
  /// Asked after every call into foreign code.
  transport::Alive alive_;
};

}  // namespace sfteams::client
