#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connector/app_page.h"
#include "connector/cluster_state.h"
#include "connector/configuration.h"
#include "connector/exchange.h"
#include "connector/registry/registry.h"
#include "connector/tallies.h"
#include "monitoring/answer.h"
#include "monitoring/loop_turns.h"

namespace sfteams::connector {

/// What monitoring is told of, taken at one moment.
struct Measured {
  std::string_view version;
  std::chrono::system_clock::time_point now;
  bool stopping = false;
  Counts counts;
  const Tallies& tallies;
  Registry::Counts registry;
  const Limits& limits;
  /// Nothing without TLS.
  std::optional<transport::Validity> certificate;
  const metrics::Tally& certificate_reloads;
  monitoring::LoopTurns* turns = nullptr;  ///< nullptr: nobody looks
  const AppPage* page = nullptr;
  const metrics::Tally* page_readings = nullptr;
  std::optional<NameStates> names{};      ///< nothing: they could not be counted
  std::optional<ClusterState> cluster{};  ///< nothing: it is alone
  std::uint64_t late_connections = 0;     ///< closed because they had waited too long
};

/// "serving", "registry" and "certificate", the conditions of /readyz; of a node of a cluster "bus"
/// and "log", too.
[[nodiscard]] std::vector<monitoring::Condition> conditions(const Measured& measured);

/// /metrics without the process's own; docs/monitoring.md lists them.
[[nodiscard]] std::string metrics_text(const Measured& measured);

}  // namespace sfteams::connector
