#pragma once

#include <cstdint>

#include "agent/guard/codes.h"
#include "agent/licensing/codes.h"
#include "base/metrics/histogram.h"
#include "base/metrics/tally.h"
#include "uci/codes.h"

namespace sfteams::agent {

// What has happened since the start, counted where it happens and written by
// agent/status/metrics.h. Kinds are "ok" or an error's code, never anything that users or the PBX
// could choose.

struct SessionCounts {
  std::uint64_t opened = 0;
  std::uint64_t resumed = 0;   ///< clients that came back to theirs
  std::uint64_t given_up = 0;  ///< their clients did not come back, or had missed too much
  metrics::Tally refused;      ///< clients that got none, by code
  /// Sessions that had to go, by what stands in docs/monitoring.md.
  metrics::Tally dropped;
};

struct ConversationCounts {
  metrics::Tally logins{"ok",
                        uci::codes::kLoginRefused.id,
                        codes::kLoginPaused.id,
                        codes::kNoSeat.id,
                        codes::kNotNamed.id,
                        codes::kRightUnknown.id};
  metrics::Tally calls{"ok", uci::codes::kFault.id, uci::codes::kTimeout.id};
  /// From sending a call to the PBX to its answer, or to the end of the patience with it.
  metrics::Histogram call_seconds{
      {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60}};
  std::uint64_t events = 0;  ///< of the PBX, handed to sessions
  /// Requests to the callback for events that were not taken, by code.
  metrics::Tally events_refused{uci::codes::kXmlSyntax.id, uci::codes::kCallbackBadRequest.id,
                                uci::codes::kCallbackWrongToken.id,
                                uci::codes::kCallbackStranger.id};
};

}  // namespace sfteams::agent
