#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/error/error.h"
#include "connector/address.h"
#include "connector/link_context.h"
#include "connector/relay_end.h"
#include "connector/wire.h"
#include "tunnel/control.h"
#include "tunnel/frame.h"
#include "tunnel/outbox.h"

namespace sfteams::connector {

class Link;

/// Who owns the links.
class LinkOwner {
 public:
  virtual ~LinkOwner() = default;
  /// The websocket is at its end. The link is destroyed in here.
  virtual void ended(Link& link) = 0;
};

/// A websocket that somebody has opened, agent, client or another node: the challenge, the deadline for the
/// proof, the frames taken apart, the refusal. A link that has not proved itself yet waits in the
/// waiting room.
class Link : public transport::WebsocketHandler {
 public:
  ~Link() override = default;
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  void on_open() final;
  void on_message(std::span<const std::uint8_t> message) final;
  [[nodiscard]] std::size_t next_message(std::span<std::uint8_t> out) final;
  void on_close(const transport::CloseInfo& info) final;

  /// It closes, or is closed.
  [[nodiscard]] bool leaving() const { return closing(); }

  /// Tells the peer REFUSED and closes. Only the first call does something.
  void refuse(tunnel::WireCode code, std::string_view reason, std::uint16_t retry_after = 0);
  void refuse(const tunnel::Refusal& refusal) {
    refuse(refusal.code, refusal.reason, refusal.retry_after);
  }

  struct Origin {
    std::unique_ptr<Wire> wire;
    Address address;
    WaitingRoom::Seat seat;  ///< empty: the room was full, the link is refused when it opens
  };

 protected:
  /// `tally`: of agents, clients or nodes, as the peer is one.
  Link(LinkContext& context, LinkOwner& owner, Origin origin, const transport::Keepalive& keepalive,
       PeerTally& tally, tunnel::Speaker speaker = tunnel::Speaker::agent_or_client);

  /// A frame of a link whose peer has not proved anything yet. Only the first one comes here; until
  /// the answer to it, another one is a breach of the protocol.
  [[nodiscard]] virtual Result<void> on_proof(const tunnel::Frame& frame) = 0;
  /// A frame of a link that is proven.
  [[nodiscard]] virtual Result<void> on_frame(const tunnel::Frame& frame) = 0;
  /// The link is no longer of use: because of refuse(), close(), or its end. Called once.
  virtual void on_leaving() = 0;

  /// The proof was right: no deadline, no place in the waiting room any more.
  void be_proven();
  /// Runs `task` after `delay` unless the link has come to its end; at once when it is 0.
  void later(transport::Duration delay, std::function<void()> task);
  /// A packet of the peer goes to the other end of its stream. Fails as
  /// RelayEnd::packet_from_link().
  [[nodiscard]] Result<void> relay(RelayEnd& end, std::span<const std::uint8_t> packet);
  /// Closes behind everything that waits in the outbox.
  void close(transport::CloseStatus status, std::string_view reason);

  [[nodiscard]] bool closing() const { return state_ == State::closing; }
  [[nodiscard]] LinkContext& context() { return context_; }
  [[nodiscard]] PeerTally& tally() { return tally_; }
  [[nodiscard]] tunnel::Outbox& outbox() { return outbox_; }
  [[nodiscard]] const tunnel::Nonce& nonce() const { return nonce_; }
  [[nodiscard]] const Address& address() const { return address_; }

 private:
  enum class State {
    opening,
    challenged,  ///< the proof is due
    judging,     ///< it has come, the answer is put off
    proven,
    closing,
  };
  [[nodiscard]] Result<void> take(const tunnel::Frame& frame);
  /// How long the places are booked that the peer will ask for.
  [[nodiscard]] virtual transport::Duration booked_for() { return {}; }

  LinkContext& context_;
  LinkOwner& owner_;
  transport::Keepalive keepalive_;
  PeerTally& tally_;
  tunnel::Speaker speaker_;
  std::unique_ptr<Wire> wire_;
  Address address_;
  WaitingRoom::Seat seat_;
  State state_ = State::opening;
  tunnel::Nonce nonce_{};
  std::unique_ptr<transport::Timer> timer_;
  tunnel::Outbox outbox_;
};

/// tunnel.frame-unexpected: `peer` ("a client") may not send this frame now.
[[nodiscard]] tl::unexpected<Error> unexpected_frame(std::string_view peer,
                                                     const tunnel::Frame& frame);

/// `wait` in the seconds of REFUSED, rounded up; at least 1.
[[nodiscard]] std::uint16_t retry_in(transport::Duration wait);

/// Seconds after which a peer shall come back, drawn so that not all come at once.
[[nodiscard]] std::uint16_t spread_retry(std::uint16_t least, std::uint16_t most);

}  // namespace sfteams::connector
