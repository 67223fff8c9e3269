#pragma once

#include <cstdint>

#include "base/metrics/tally.h"

namespace sfteams::agent {

// What has happened since the start, counted where it happens and written by
// agent/status/metrics.h. Kinds are "ok" or an error's code, never anything that users or the PBX
// could choose.

struct TunnelCounts {
  std::uint64_t registrations = 0;
  metrics::Tally failures;  ///< tries that failed and tunnels that broke, by code
  std::uint64_t received_bytes = 0;
  std::uint64_t sent_bytes = 0;
};

}  // namespace sfteams::agent
