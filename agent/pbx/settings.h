#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "transport/scheduler.h"
#include "transport/url.h"

namespace sfteams::agent {

/// [uci] of the configuration: where the PBX is, and what may pass.
struct PbxSettings {
  bool enabled = true;
  transport::Url url;  ///< http or https, without a path
  std::optional<std::filesystem::path> ca_file;
  std::string auth = "sha512";  ///< sha512 or md5
  std::string version = "v30";  ///< v30, v22 or v20
  std::string callback_address = "127.0.0.1";
  std::uint16_t callback_port = 0;  ///< 0: any free one
  std::vector<std::string> allow{"ucp.v*.requests.*"};
  /// Services subscribed for each user, without "ucp.vNN.events.".
  std::vector<std::string> events{"call"};
  transport::Duration keepalive{30'000};
  transport::Duration timeout{30'000};
  transport::Duration logout_delay{
      10'000};                    ///< a connection outlives its user's last session so long
  std::size_t connections = 64;   ///< to the PBX at once
  std::size_t failed_logins = 8;  ///< of all users within the window
  std::size_t failed_logins_per_user = 3;
  transport::Duration failed_logins_window{600'000};
  friend bool operator==(const PbxSettings&, const PbxSettings&) = default;
};

}  // namespace sfteams::agent
