#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "transport/proxy.h"
#include "transport/scheduler.h"
#include "transport/url.h"

namespace sfteams::agent {

/// [connector] of the configuration: where the connector is, and how to keep the line to it.
struct UplinkSettings {
  transport::Url url;  ///< wss; ws only towards this host
  std::optional<std::filesystem::path>
      ca_file;  ///< instead of the system's certificate authorities
  std::optional<transport::Proxy> proxy;
  bool proxy_from_environment = false;  ///< HTTPS_PROXY names it, not the file
  /// transport.no-proxy-entry, as describe() writes it: entries in NO_PROXY that are not
  /// understood.
  std::vector<std::string> no_proxy_warnings;
  transport::Duration dial_timeout{10'000};
  // Together under 10 s, so that a tunnel that only looks alive is found within them.
  transport::Duration ping_interval{5'000};
  transport::Duration ping_timeout{4'000};
  transport::Duration reconnect_max{5'000};
  friend bool operator==(const UplinkSettings&, const UplinkSettings&) = default;
};

}  // namespace sfteams::agent
