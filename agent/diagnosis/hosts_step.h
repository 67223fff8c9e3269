#pragma once

#include "agent/diagnosis/step.h"

namespace sfteams::diagnosis {

/// "hosts": whether each host of [check] hosts answers by HTTPS with a certificate that the
/// system's authorities vouch for, on the same way as the connector.
[[nodiscard]] Step check_hosts();

}  // namespace sfteams::diagnosis
