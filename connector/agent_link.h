#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/crypto/ed25519.h"
#include "base/error/error.h"
#include "connector/cluster/held_names.h"
#include "connector/link.h"
#include "connector/relay_end.h"
#include "tunnel/control.h"
#include "tunnel/limits.h"

namespace sfteams::connector {

/// The tunnel of one agent: its registration, and the streams of the clients that were admitted to
/// it.
class AgentLink final : public Link, private RelayOwner {
 public:
  AgentLink(LinkContext& context, LinkOwner& owner, Origin origin);
  ~AgentLink() override;

  [[nodiscard]] const std::string& name() const { return registration_.name; }
  [[nodiscard]] const crypto::Ed25519PublicKey& identity() const { return registration_.identity; }
  [[nodiscard]] std::span<const tunnel::AdmissionKey> keys() const { return registration_.keys; }
  [[nodiscard]] std::size_t streams() const { return streams_.size(); }
  /// What it says that it is: at most 64 bytes of printable ASCII.
  [[nodiscard]] const std::string& software() const { return registration_.software; }
  [[nodiscard]] const Address& from() const { return address(); }
  /// When it was registered.
  [[nodiscard]] UnixSeconds since() const { return since_; }
  /// The name is held by another node now, or was forgotten by an operator at one.
  void lose(Why why);

  /// Sends its clients to another node, and then the agent itself.
  void move_away();

  /// The other end of a stream: a client's link, or that of the node that has the client.
  struct FarEnd {
    tunnel::Outbox& outbox;
    RelayOwner& owner;
    std::uint32_t stream = tunnel::kClientStream;  ///< its number there
    std::shared_ptr<BufferBudget> budget{};        ///< of that link, beside the agent's own
  };
  /// Opens a stream for a client that the key `key_id` has admitted, and gives the client's end of
  /// it. Fails with tunnel.too-many-streams or tunnel.try-again-later.
  [[nodiscard]] Result<std::unique_ptr<RelayEnd>> open(const tunnel::KeyId& key_id,
                                                       const FarEnd& far_end);

 private:
  [[nodiscard]] Result<void> on_proof(const tunnel::Frame& frame) override;
  [[nodiscard]] Result<void> on_frame(const tunnel::Frame& frame) override;
  void on_leaving() override;
  [[nodiscard]] transport::Duration booked_for() override;
  void other_left(RelayEnd&) override {}
  void close_written(RelayEnd& end) override { streams_.erase(end.stream()); }

  [[nodiscard]] bool has_turn(tunnel::ByteView payload);
  void judge(tunnel::ByteView payload);
  /// Whether the name is this identity's already; false: it is free, and may be pinned.
  [[nodiscard]] Result<bool> owns(const tunnel::Registration& registration);
  [[nodiscard]] Result<void> may_pin();
  void pin(tunnel::Registration registration);
  void take_pin(const Result<bool>& pinned);
  void refuse_registration(const tunnel::Registration& registration, const Error& error);
  void be_registered(tunnel::Registration registration);
  void turn_away(const Error& error);
  [[nodiscard]] Result<void> take_keys(const tunnel::Frame& frame);
  [[nodiscard]] Result<void> take_numbered_keys(const tunnel::Frame& frame);
  void use_keys(std::vector<tunnel::AdmissionKey> keys);
  void note_seen();
  [[nodiscard]] Result<void> take_stream_frame(const tunnel::Frame& frame);
  void take_close(RelayEnd& end, const tunnel::StreamClose& close);
  void reset(RelayEnd& end, const Error& error);

  tunnel::Registration registration_;
  std::shared_ptr<tunnel::Registration> asking_;  ///< while the name is being pinned
  Epoch epoch_ = 0;                               ///< in a cluster, once registered
  UnixSeconds since_ = 0;
  std::shared_ptr<BufferBudget> budget_;
  std::uint32_t next_stream_ = 1;
  std::unordered_map<std::uint32_t, RelayEnd> streams_;
};

}  // namespace sfteams::connector
