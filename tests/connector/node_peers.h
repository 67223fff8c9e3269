#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connector/cluster/cluster_keys.h"
#include "connector/cluster/node_frames.h"
#include "connector/node_lines.h"
#include "tests/connector/peers.h"

namespace sfteams::connector::test {

/// A cluster's key file: keys of 64 times this hexadecimal digit; no second one for '\0'.
[[nodiscard]] ClusterKeys cluster_keys(char key = '1', char also = '\0');
[[nodiscard]] NodeIdentity node_called(std::string_view id, std::uint8_t boot = 1);
/// ENTER's payload, for a client that holds the key of `pbx`.
[[nodiscard]] Bytes entering(const Pbx& pbx);

/// An exchange that is a node; whom it dials is for the test to play.
class NodeHouse {
 public:
  explicit NodeHouse(std::string_view id, ClusterKeys keys = cluster_keys());

  /// Where the others find it.
  [[nodiscard]] Place place() const { return {self.id, self.boot, self.url, 1}; }
  /// A Peer that has dialled this house and is proven, its NODE_WELCOME taken.
  [[nodiscard]] std::unique_ptr<Peer> node(std::string_view id = "far");
  [[nodiscard]] const Tallies& tallies() const { return house.exchange->tallies(); }
  [[nodiscard]] NodeLines& lines() { return *house.exchange->lines(); }

  House house;
  NodeIdentity self;
  ClusterKeys keys;
  bool dials_fail = false;
  std::vector<std::unique_ptr<Peer>> dialled;  ///< the far ends, in order
};

/// A client of a node whose agent is at another one.
class RemoteClient final : public RelayOwner {
 public:
  enum class Outcome { none, entered, turned_away, not_here, unreachable, crowded };

  RemoteClient(NodeHouse& at, const Place& place, const Pbx& pbx);
  ~RemoteClient() override;
  RemoteClient(const RemoteClient&) = delete;
  RemoteClient& operator=(const RemoteClient&) = delete;

  /// Does not wait any more.
  void give_up() { entry_.reset(); }
  [[nodiscard]] Outcome outcome() const { return outcome_; }
  [[nodiscard]] const tunnel::Refusal& refusal() const { return refusal_; }
  /// What the client's link does with a DATA, a WINDOW and the end of the client.
  [[nodiscard]] Result<void> data(const Bytes& packet) { return end_->packet_from_link(packet); }
  [[nodiscard]] Result<void> window(std::uint32_t credit) { return end_->window_from_link(credit); }
  void leave();
  /// At most one websocket message of what has come for the client.
  [[nodiscard]] std::vector<Got> receive();
  /// The code of the CLOSE that comes behind all else.
  [[nodiscard]] std::optional<WireCode> close_code();

 private:
  void other_left(RelayEnd&) override {}
  void close_written(RelayEnd&) override {}

  tunnel::Outbox outbox_;
  Outcome outcome_ = Outcome::none;
  tunnel::Refusal refusal_;
  std::unique_ptr<RelayEnd> end_;
  std::unique_ptr<NodeLines::Entry> entry_;
};

/// The other node, played by the test: opens the websocket that was dialled and proves itself.
void greet(Peer& dialled, const ClusterKeys& keys, const NodeIdentity& as);

/// The websocket between two houses that one of them has dialled.
class Bridge {
 public:
  /// Takes over what `from` dialled last.
  Bridge(NodeHouse& from, NodeHouse& to);
  /// Moves all that waits, until nothing does.
  void pump();
  /// Only what `from` (or `to`) has sent.
  bool forth();
  bool back();
  void lose();

 private:
  std::unique_ptr<Peer> dialler_;
  std::unique_ptr<Peer> acceptor_;
};

}  // namespace sfteams::connector::test
