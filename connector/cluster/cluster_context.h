#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "connector/cluster/cluster_keys.h"
#include "connector/cluster/node_identity.h"
#include "connector/cluster/word.h"
#include "transport/bus/bus.h"
#include "transport/scheduler.h"

namespace sfteams::connector {

/// The subjects of one cluster on the bus.
class Subjects {
 public:
  /// `cluster`: [cluster] name, of letters, digits, '-' and '_'.
  explicit Subjects(std::string_view cluster) : prefix_("sft1." + std::string(cluster) + ".") {}

  [[nodiscard]] std::string name(const NameHash& hash) const { return prefix_ + "a." + hash; }
  [[nodiscard]] std::string node(std::string_view id) const {
    return prefix_ + "n." + std::string(id);
  }
  [[nodiscard]] std::string beat() const { return prefix_ + "beat"; }
  [[nodiscard]] std::string throttle() const { return prefix_ + "t"; }

 private:
  std::string prefix_;
};

/// What all parts of one node's membership share. It outlives them; the scheduler, the bus and the
/// keys outlive it. The keys may change their content while it lives (a rotation).
struct ClusterContext {
  ClusterContext(transport::Scheduler& scheduler_in, bus::Bus& bus_in, const ClusterKeys& keys_in,
                 std::string_view cluster, NodeIdentity identity_in, UnixMsClock clock_in)
      : scheduler(scheduler_in),
        bus(bus_in),
        keys(keys_in),
        subjects(cluster),
        identity(std::move(identity_in)),
        unix_ms(std::move(clock_in)),
        maker(keys, identity, unix_ms),
        reader(scheduler, keys, identity, unix_ms) {}
  ClusterContext(const ClusterContext&) = delete;
  ClusterContext& operator=(const ClusterContext&) = delete;

  transport::Scheduler& scheduler;
  bus::Bus& bus;
  const ClusterKeys& keys;
  const Subjects subjects;
  const NodeIdentity identity;
  const UnixMsClock unix_ms;
  WordMaker maker;
  WordReader reader;
};

}  // namespace sfteams::connector
