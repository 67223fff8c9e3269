#pragma once

#include <functional>
#include <memory>
#include <string>

#include "connector/cluster/bus_watch.h"
#include "connector/cluster/cluster_context.h"
#include "connector/cluster/directory.h"
#include "connector/cluster/members.h"
#include "connector/cluster/registry_log.h"
#include "connector/cluster/throttle_notes.h"
#include "connector/node_lines.h"
#include "connector/registry/log_replica.h"

namespace sfteams::connector {

/// This node's part in its cluster: where agents are, who owns a name, which nodes there are, and
/// the links to them.
class ClusterNode {
 public:
  /// What it is made of; all of it outlives this.
  struct Parts {
    bus::Bus& bus;
    LogReplica& replica;
    const ClusterKeys& keys;
    const NodeIdentity& self;
    std::string cluster;  ///< [cluster] name
    std::string version;  ///< of the program
    UnixMsClock unix_ms;
  };
  /// What it asks of the connector, and tells it. All of them are called from the loop.
  struct Hooks {
    HeldNames::Callbacks names;
    RegistryLog::Hooks log;
    /// Agents and clients here now, and whether they are being moved away; url, version and uptime
    /// are filled in.
    std::function<BeatWord()> describe;
  };

  /// `lines` outlives it, too.
  ClusterNode(LinkContext& links, NodeLines& lines, Parts parts, Hooks hooks);
  ClusterNode(const ClusterNode&) = delete;
  ClusterNode& operator=(const ClusterNode&) = delete;

  [[nodiscard]] const NodeIdentity& self() const { return self_; }
  /// [cluster] name
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const ClusterKeys& keys() const { return keys_; }
  [[nodiscard]] transport::TimePoint now() const { return context_.scheduler.now(); }
  [[nodiscard]] Directory& directory() { return directory_; }
  [[nodiscard]] const Directory& directory() const { return directory_; }
  [[nodiscard]] RegistryLog& log() { return log_; }
  [[nodiscard]] const RegistryLog& log() const { return log_; }
  [[nodiscard]] Members& members() { return members_; }
  [[nodiscard]] const Members& members() const { return members_; }
  [[nodiscard]] NodeLines& lines() { return lines_; }
  [[nodiscard]] const NodeLines& lines() const { return lines_; }
  [[nodiscard]] ThrottleNotes& notes() { return notes_; }
  [[nodiscard]] const BusWatch& bus() const { return bus_; }
  [[nodiscard]] const DroppedWords& dropped() const { return context_.reader.dropped(); }

 private:
  const NodeIdentity& self_;
  const std::string name_;
  const ClusterKeys& keys_;
  const BusWatch bus_;
  ClusterContext context_;
  Directory directory_;
  RegistryLog log_;
  NodeLines& lines_;
  ThrottleNotes notes_;
  Members members_;
};

}  // namespace sfteams::connector
