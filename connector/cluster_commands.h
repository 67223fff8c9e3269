#pragma once

#include <filesystem>
#include <iosfwd>

#include "base/error/error.h"
#include "connector/cluster_settings.h"

namespace sfteams::connector {

// What an operator does once for a cluster, or when its key is changed.

/// Writes a new file of what all nodes share (connector/cluster/cluster_keys.h). Of mode 0600; in a
/// directory that root shares with a group, that group may read it, because the service is in it.
/// An existing file is never overwritten. Fails with keygen.file-exists, keygen.file-not-written or
/// crypto.no-randomness.
[[nodiscard]] Result<void> make_cluster_key(const std::filesystem::path& file, std::ostream& out);

/// `config check` of what lies on this host: says which keys and which certificate this node has.
/// Fails with the codes of ClusterKeys, NatsCredentials, transport::check_certificate(), or with
/// connector.certificate-expired or connector.certificate-not-yet.
[[nodiscard]] Result<void> check_cluster(const ClusterSettings& cluster, std::ostream& out);

}  // namespace sfteams::connector
