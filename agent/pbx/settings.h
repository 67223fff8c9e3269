#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "transport/scheduler.h"
#include "transport/url.h"
#include "uci/dialect.h"
#include "uci/token.h"

namespace sfteams::agent {

/// [uci] of the configuration, with its defaults: where the PBX is, and what may pass.
struct PbxSettings {
  bool enabled = true;
  transport::Url url{"http", "127.0.0.1", 80, "/"};  ///< http or https, without a path
  std::optional<std::filesystem::path> ca_file;
  uci::TokenKind auth = uci::TokenKind::sha512;
  uci::Version version = uci::Version::v30;
  std::string callback_address = "127.0.0.1";
  std::uint16_t callback_port = 0;  ///< 0: any free one
  std::vector<std::string> allow{"ucp.v*.requests.*"};
  /// Services subscribed for each user, without "ucp.vNN.events.".
  std::vector<std::string> events{"call"};
  transport::Duration keepalive{30'000};
  transport::Duration timeout{30'000};
  transport::Duration logout_delay{10'000};  ///< from a user's last session to the logout
  std::size_t connections = 64;              ///< to the PBX at once
  std::size_t failed_logins = 8;             ///< of all users within the window
  std::size_t failed_logins_per_user = 3;
  transport::Duration failed_logins_window{600'000};
  friend bool operator==(const PbxSettings&, const PbxSettings&) = default;
};

}  // namespace sfteams::agent
