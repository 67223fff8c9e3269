#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/error/error.h"
#include "base/settings/ini.h"
#include "transport/bus/nats_options.h"
#include "transport/endpoint.h"
#include "transport/scheduler.h"
#include "transport/server.h"

namespace sfteams::connector {

/// [cluster] of connector.ini: this node, the others, and what joins them.
struct ClusterSettings {
  std::string name;  ///< of the cluster, as it stands in subjects: letters, digits, '-' and '_'
  std::string node;  ///< as is_node_id()
  transport::Endpoint peer_listen;
  std::optional<transport::ServerTls> peer_tls;  ///< none: plain, on loopback only
  std::string peer_url;                          ///< what the others dial: "wss://10.0.0.1:8444"
  std::optional<std::filesystem::path> ca_file;  ///< what the others' certificates are checked by
  std::vector<std::string> nats;                 ///< "nats://127.0.0.1:4222"
  std::filesystem::path nats_credentials;        ///< a file; empty: none
  std::filesystem::path key_file;
  std::size_t log_replicas = 3;  ///< of the streams, when this program makes them
  /// When it stops: how long only /healthz says so, and then how long moving everybody takes.
  transport::Duration leave_announced{5'000};
  transport::Duration leave_within{10'000};

  /// nullopt where [cluster] name is empty: there is no cluster. Paths are taken from `directory`.
  [[nodiscard]] static std::optional<ClusterSettings> take(settings::Reader& reader,
                                                           const std::filesystem::path& directory);
  /// How this node reaches the NATS servers.
  [[nodiscard]] bus::NatsOptions nats_options() const;
};

}  // namespace sfteams::connector
