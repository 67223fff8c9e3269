#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/error/error.h"
#include "connector/buffer_budget.h"
#include "connector/cluster/node_frames.h"
#include "connector/link.h"
#include "connector/relay_end.h"
#include "tunnel/control.h"

namespace sfteams::connector {

/// The link of another node that has dialled this one, because its clients want to reach agents that
/// are here. The owner of an agent judges all its clients: the other node only says which nonce it
/// gave them.
///
/// Bounds: node_limits.h; what waits for the other node to read is bounded by a budget of
/// [limits] agent-buffer bytes, beside those of the agents and of all.
class NodeLink final : public Link, private RelayOwner {
 public:
  /// context.cluster_keys and context.node are set.
  NodeLink(LinkContext& context, LinkOwner& owner, Origin origin);
  ~NodeLink() override;

  /// Who dialled; empty until it has proved itself.
  [[nodiscard]] const std::string& node() const { return node_; }
  [[nodiscard]] std::size_t streams() const { return streams_.size(); }

 private:
  [[nodiscard]] Result<void> on_proof(const tunnel::Frame& frame) override;
  [[nodiscard]] Result<void> on_frame(const tunnel::Frame& frame) override;
  void on_leaving() override;
  void other_left(RelayEnd&) override {}
  void close_written(RelayEnd& end) override { streams_.erase(end.stream()); }

  [[nodiscard]] Result<void> take_enter(const tunnel::Frame& frame);
  void enter(std::uint32_t stream, const Enter& asked);
  void turn_away(std::uint32_t stream, const tunnel::Refusal& refusal);
  [[nodiscard]] Result<void> take_stream_frame(const tunnel::Frame& frame);
  [[nodiscard]] Result<void> reset(RelayEnd& end, const Error& error);

  std::string node_;
  std::shared_ptr<BufferBudget> budget_;
  std::uint32_t last_stream_ = 0;
  std::unordered_map<std::uint32_t, std::unique_ptr<RelayEnd>> streams_;
};

}  // namespace sfteams::connector
