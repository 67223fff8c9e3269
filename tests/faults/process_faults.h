#pragma once

#include <vector>

#include "tests/faults/fault.h"
#include "tests/faults/gauges.h"
#include "tests/faults/line.h"
#include "tests/integration/installation.h"

namespace sfteams::faults {

/// A process is killed, restarted, frozen. All that is named outlives the faults; `number`: of the
/// process at the gauges.
[[nodiscard]] std::vector<Fault> agent_faults(integration::Installation& installation,
                                              Gauges& gauges, Gauges::Number number, Dice& dice);
[[nodiscard]] std::vector<Fault> connector_faults(integration::Installation& installation,
                                                  Gauges& gauges, Gauges::Number number,
                                                  Dice& dice);
/// Stands still for a while.
[[nodiscard]] Effect freeze(integration::ChildProcess& process, Gauges& gauges,
                            Gauges::Number number, Dice& dice);
/// What happens to the line between agent and connector.
[[nodiscard]] std::vector<Fault> line_faults(Line& line, Dice& dice);

}  // namespace sfteams::faults
