#pragma once

#include <vector>

#include "tests/faults/fault.h"
#include "tests/faults/gauges.h"
#include "tests/faults/line.h"
#include "tests/integration/installation.h"

namespace sfteams::faults {

/// What happens to connector and agent: killed, restarted, frozen. All outlive the faults.
[[nodiscard]] std::vector<Fault> process_faults(integration::Installation& installation,
                                                Gauges& gauges, Dice& dice);
/// What happens to the line between them.
[[nodiscard]] std::vector<Fault> line_faults(Line& line, Dice& dice);

}  // namespace sfteams::faults
