#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "tests/faults/line.h"
#include "tests/integration/cluster.h"

namespace sfteams::faults {

/// A cluster in two networks: nodes a and b with NATS, the PBX and its agent on the near side, and
/// node c alone on the far side of a Line. The calling thread is on the near side while this lives.
class SplitCluster {
 public:
  static constexpr std::size_t kFarNode = 2;

  /// Starts all but the agent. `line` outlives this.
  explicit SplitCluster(Line& line);

  [[nodiscard]] integration::Cluster& cluster() { return *cluster_; }
  [[nodiscard]] integration::Installation& pbx() { return cluster_->pbx(); }

  /// While what it returns lives, the calling thread is on the far side, and clients of pbx() dial
  /// node c. After the agent's start.
  [[nodiscard]] std::shared_ptr<void> far_clients();
  /// A PBX on the far side, whose agent dials node c; its simulator runs.
  [[nodiscard]] std::unique_ptr<integration::Installation> far_pbx(const std::string& name);

  /// Nothing passes any more, one way or both; until node c has noticed that NATS is away.
  void cut(const Line::Quality& how);
  void heal() { line_.set({}); }

 private:
  Line& line_;
  std::shared_ptr<void> visit_;
  std::unique_ptr<integration::Cluster> cluster_;
};

}  // namespace sfteams::faults
