#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>

#include "base/error/error.h"
#include "connector/cluster_settings.h"

namespace sfteams::connector {

/// Makes the streams of a cluster's log of names, once, by the credentials of an administrator of
/// the NATS servers; without them by those of the node. Prints one line for each stream, also when
/// they were there. Waits fifteen seconds at most. Fails with the codes of CreateStreams and of
/// transport/bus.
[[nodiscard]] Result<void> create_log(const ClusterSettings& cluster,
                                      const std::optional<std::filesystem::path>& credentials,
                                      std::ostream& out);

}  // namespace sfteams::connector
