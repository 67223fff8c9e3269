#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>

#include "base/error/error.h"
#include "connector/cluster_settings.h"

namespace sfteams::connector {

/// Makes the log of names at the NATS servers of this cluster, once, as their administrator: nodes
/// must not be able to. What is there already is compared with what it has to be.
///
/// `credentials`: of the administrator; nothing: those of [cluster], which should not suffice. Waits
/// 15 s at most. Fails with the codes of bus::NatsBus::start() and CreateStreams, and with
/// connector.nats-away when no server let it in, which the log says more of.
[[nodiscard]] Result<void> create_log(const ClusterSettings& settings,
                                      const std::optional<std::filesystem::path>& credentials,
                                      std::ostream& out);

}  // namespace sfteams::connector
