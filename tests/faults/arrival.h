#pragma once

#include <optional>

#include <json/value.h>

namespace sfteams::faults {

/// What became of an event on its way to one login of its user.
enum class Arrival {
  delivered,  ///< the agent has taken it
  refused,    ///< the agent answered that it does not want it, and that may never be
  gone,       ///< the agent answered that it has no such login (any more)
  unknown,    ///< it was sent and no answer came: it may have arrived
};

/// By an entry of the PBX's journal of kind "event"; nullopt when it was never sent. A word that is
/// not known counts as refused, so that it is noticed.
[[nodiscard]] std::optional<Arrival> arrival_of(const Json::Value& entry);

}  // namespace sfteams::faults
