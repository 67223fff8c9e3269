#pragma once

#include <string>

#include "base/error/error.h"
#include "transport/loop.h"

namespace sfteams::simulator {

/// An incoming call, asked for at the control port of a simulator that runs.
struct RingOrder {
  std::string control;  ///< http://127.0.0.1:PORT
  std::string to;
  std::string from;
  std::string name;  ///< of the caller; may be empty
};

/// Runs the loop until there is an answer; the identifiers of the calls, one a line. Fails with
/// simulator.unreachable, or with what the simulator says.
[[nodiscard]] Result<std::string> ring(transport::Loop& loop, const RingOrder& order);

}  // namespace sfteams::simulator
