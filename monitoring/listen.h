#pragma once

#include <optional>

#include "base/settings/ini.h"
#include "transport/endpoint.h"

namespace sfteams::monitoring {

/// Where a daemon tells how it is: on loopback only, because it does not ask who wants to know.
using Listen = transport::Endpoint;

/// [watch] listen, as in 127.0.0.1:9781 or [::1]:9781; nothing when it is empty or missing. Any
/// other address than a loopback one is rejected.
[[nodiscard]] std::optional<Listen> take_listen(settings::Reader& reader);

}  // namespace sfteams::monitoring
