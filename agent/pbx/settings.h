#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "transport/scheduler.h"
#include "transport/server.h"
#include "transport/url.h"
#include "uci/dialect.h"

namespace sfteams::agent {

/// How users sign in at the PBX.
enum class SignInBy {
  automatic,  ///< by OAuth where the PBX offers it and the agent has a client's secret, else sha512
  sha512,     ///< uci::TokenKind
  md5,
  oauth,  ///< access tokens for passwords, from version 10 on
};

/// "automatic", "sha512", "md5" or "oauth".
[[nodiscard]] std::string_view to_string(SignInBy by);

/// [uci] of the configuration, with its defaults: where the PBX is, and what may pass.
struct PbxSettings {
  bool enabled = true;
  transport::Url url{"http", "127.0.0.1", 80, "/"};  ///< http or https, without a path
  std::optional<std::filesystem::path> ca_file;
  SignInBy auth = SignInBy::sha512;
  // For OAuth.
  std::string client_id = "rest-client-headless";
  std::optional<std::filesystem::path> client_secret_file;  ///< none: a public client
  std::string client_secret_mark;  ///< another one when the file's content is another
  std::string scope = "login";
  std::vector<std::string> oauth_hosts;  ///< which may see passwords besides the PBX's own
  uci::Version version = uci::Version::v30;
  std::string callback_address = "127.0.0.1";
  std::uint16_t callback_port = 0;                   ///< 0: any free one
  std::string callback_host;                         ///< see told_callback_host()
  std::vector<std::string> callback_from;            ///< canonical; empty: those of url's host
  std::optional<transport::ServerTls> callback_tls;  ///< files of which are read again at a reload
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

/// The name or address to which the PBX delivers events: an IPv6 one without brackets.
[[nodiscard]] const std::string& told_callback_host(const PbxSettings& uci);

/// Only this host can reach the callback there: a PBX on another one delivers no event.
[[nodiscard]] bool is_callback_on_loopback(const PbxSettings& uci);

}  // namespace sfteams::agent
