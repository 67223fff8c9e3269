#pragma once

#include <cstdint>

#include "base/metrics/tally.h"

namespace sfteams::connector {

// What has happened since the start, counted where it happens and told by connector/metrics.h.

/// Of the agents, or of the clients.
struct PeerTally {
  std::uint64_t connections = 0;  ///< websockets that were opened
  /// Ends of their proofs: "ok", or the code that they were refused with.
  metrics::Tally proofs{"ok"};
  /// Those that had proved themselves and were sent away later, by code.
  metrics::Tally sent_away;
  std::uint64_t foreign_origins = 0;  ///< upgrades refused because of their Origin
  std::uint64_t delayed = 0;          ///< proofs put off because of failures before ([throttle])
  /// Registrations and admissions to a name that the operator has disabled; those of clients only
  /// while its agent is away, and counted whether the key was right or not.
  std::uint64_t disabled = 0;
  std::uint64_t relayed_packets = 0;  ///< that came from them and were passed on
  std::uint64_t relayed_bytes = 0;    ///< of these
};

/// Of the lines to other nodes, which this one has dialled.
struct LineTally {
  metrics::Tally dials{"ok"};  ///< ends of dial and proof: "ok", or why not, by code
  metrics::Tally ended;        ///< lines that were proven and broke, by code
  /// What clients here got that wanted to be let in there.
  metrics::Tally entries{"crowded", "entered", "not-here", "turned-away", "unreachable"};
  std::uint64_t relayed_packets = 0;  ///< that came from these nodes and were passed on
  std::uint64_t relayed_bytes = 0;    ///< of these
};

struct Tallies {
  PeerTally agents;
  PeerTally clients;
  PeerTally nodes;                                               ///< that have dialled this one
  metrics::Tally entries{"entered", "not-here", "turned-away"};  ///< what their clients got here
  LineTally lines;
  metrics::Tally node_resets;  ///< streams that nodes broke the rules of, by code
  std::uint64_t streams = 0;   ///< that were opened
  /// Requests of a trusted proxy that did not say for whom it asks.
  std::uint64_t unknown_senders = 0;
  /// What was refused because of a limit, by its key in [limits]; "buffer" is agent-buffer or
  /// total-buffer.
  metrics::Tally limits{"admissions-per-address",
                        "admissions-per-name",
                        "agents",
                        "buffer",
                        "clients",
                        "clients-per-address",
                        "names",
                        "new-names-per-minute",
                        "registrations-per-second",
                        "streams-per-agent",
                        "waiting",
                        "waiting-per-address"};
};

}  // namespace sfteams::connector
