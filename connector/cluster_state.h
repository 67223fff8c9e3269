#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connector/cluster/directory.h"
#include "connector/cluster/registry_log.h"
#include "connector/cluster/word.h"
#include "transport/bus/bus.h"

namespace sfteams::connector {

class Exchange;

/// How a node and its cluster are, taken at one moment: for `status`, /readyz and /metrics.
struct ClusterState {
  using Seconds = std::chrono::seconds;

  /// Another node that is heard, or was within the last hour.
  struct Node {
    std::string id;
    std::string url;      ///< what other nodes dial
    std::string version;  ///< of its program
    std::uint64_t agents = 0;
    std::uint64_t clients = 0;
    bool leaving = false;  ///< it stops, and moves everybody to the others
    Seconds uptime{0};
    Seconds unheard{0};          ///< since its last sign of life
    bool silent = false;         ///< for so long that it is not counted on
    std::int64_t ahead_ms = 0;   ///< of its clock before ours
    bool clock_differs = false;  ///< by more than is good
    bool twice = false;          ///< two processes have this node id
  };
  struct Bus {
    bool up = false;
    Seconds lasted{0};  ///< that it has been up, or down
    bus::Counts counts;
  };
  struct PeerLinks {
    std::size_t lines = 0;         ///< to other nodes, proven
    std::size_t line_streams = 0;  ///< of clients here with agents there
    std::size_t links = 0;         ///< from other nodes, proven
    std::size_t link_streams = 0;  ///< of clients there with agents here
  };

  std::string name;  ///< [cluster] name
  std::string node;  ///< [cluster] node
  bool own_id_twice = false;
  std::string key;  ///< fingerprints, as ClusterKeys has them
  std::optional<std::string> also_key{};
  std::string log_secret;
  Bus bus;
  RegistryLogState log;
  std::vector<Node> nodes;  ///< by id
  PeerLinks peer_links;
  DroppedWords dropped;
  DirectoryTally directory;
};

/// nullopt: this connector is alone.
[[nodiscard]] std::optional<ClusterState> cluster_state(const Exchange& exchange);

/// "catching-up": to_string() as one word, for programs.
[[nodiscard]] std::string phase_word(RegistryLogState::Phase phase);

}  // namespace sfteams::connector
