#pragma once

#include <iosfwd>

#include "base/error/error.h"
#include "connector/cluster_settings.h"

namespace sfteams::connector {

/// `config check` for the NATS servers of a cluster: asks each of them, with deadlines of seconds,
/// what it is, whether it lets strangers in, and what the node's user may do. It changes nothing
/// there.
///
/// A server that is away and a log that was not made are warnings. Fails, after all servers were
/// asked, with the first of bus.bad-server, bus.plain-not-loopback, bus.credentials-unusable,
/// bus.tls-failed, bus.not-authorized, bus.server-too-old, bus.open-server, bus.rights-missing and
/// bus.rights-excess; further ones are printed as warnings are.
[[nodiscard]] Result<void> check_nats(const ClusterSettings& cluster, std::ostream& out,
                                      std::ostream& warnings);

}  // namespace sfteams::connector
