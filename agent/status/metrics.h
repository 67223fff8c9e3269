#pragma once

#include <string>
#include <vector>

#include "agent/sessions/counts.h"
#include "agent/status/status.h"
#include "agent/uplink/counts.h"
#include "monitoring/answer.h"
#include "monitoring/loop_turns.h"
#include "transport/http_client.h"

namespace sfteams::agent {

/// What monitoring is told of, taken at one moment.
struct Measured {
  Status status;  ///< its uci_error: of the last time that the PBX was asked
  const TunnelCounts& tunnel;
  const SessionCounts& sessions;
  const ConversationCounts& conversations;
  std::size_t held_bytes = 0;  ///< by all sessions
  std::size_t held_limit = 0;
  transport::HttpLoad answers{};           ///< large ones of the PBX
  monitoring::LoopTurns* turns = nullptr;  ///< nullptr: nobody looks
};

/// "tunnel", "key" and "uci", the conditions of /readyz.
[[nodiscard]] std::vector<monitoring::Condition> conditions(const Measured& measured);

/// /metrics without the process's own; docs/monitoring.md lists them.
[[nodiscard]] std::string metrics_text(const Measured& measured);

}  // namespace sfteams::agent
