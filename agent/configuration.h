#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/method_filter.h"
#include "agent/seats.h"
#include "crypto/ed25519.h"
#include "error/error.h"
#include "log/log.h"
#include "settings/ini.h"
#include "transport/endpoint.h"
#include "transport/proxy.h"
#include "transport/scheduler.h"
#include "transport/url.h"
#include "watch/listen.h"

namespace sfteams::agent {

/// What packaging/agent.ini describes, with the same defaults. Every value is checked.
struct Configuration {
  using Duration = transport::Duration;
  using File = std::optional<std::filesystem::path>;  ///< absolute

  struct Connector {
    transport::Url url;  ///< wss; ws only towards this host
    File ca_file;        ///< instead of the system's certificate authorities
    std::optional<transport::Proxy> proxy;
    bool proxy_from_environment = false;  ///< HTTPS_PROXY names it, not the file
    /// transport.no-proxy-entry, as describe() writes it: entries in NO_PROXY that are not
    /// understood.
    std::vector<std::string> no_proxy_warnings;
    Duration dial_timeout{10'000};
    Duration ping_interval{15'000};
    Duration ping_timeout{5'000};
    Duration reconnect_max{5'000};
    friend bool operator==(const Connector&, const Connector&) = default;
  };
  struct Uci {
    bool enabled = true;
    transport::Url url;  ///< http or https, without a path
    File ca_file;
    std::string auth = "sha512";  ///< sha512 or md5
    std::string version = "v30";  ///< v30, v22 or v20
    std::string callback_address = "127.0.0.1";
    std::uint16_t callback_port = 0;  ///< 0: any free one
    std::vector<std::string> allow{"ucp.v*.requests.*"};
    std::vector<std::string> events{
        "call"};  ///< services subscribed for each user, without "ucp.vNN.events."
    Duration keepalive{30'000};
    Duration timeout{30'000};
    Duration logout_delay{10'000};  ///< a connection outlives its user's last session so long
    std::size_t connections = 64;   ///< to the PBX at once
    std::size_t failed_logins = 8;  ///< of all users within the window
    std::size_t failed_logins_per_user = 3;
    Duration failed_logins_window{600'000};
    friend bool operator==(const Uci&, const Uci&) = default;
  };
  struct Limits {
    std::uint32_t sessions = 2000;
    transport::Duration resume_window{60'000};
    std::size_t resume_kept = 4'194'304;          ///< bytes
    std::size_t resume_kept_in_all = 67'108'864;  ///< bytes
    std::size_t held_per_user = 16'777'216;       ///< bytes
    std::size_t held_in_all = 268'435'456;        ///< bytes
    Duration read_timeout{60'000};                ///< of a client for which something waits
    std::size_t calls_per_session = 64;           ///< at once
    Duration login_timeout{60'000};               ///< from the opened session to the sign-in
    friend bool operator==(const Limits&, const Limits&) = default;
  };
  struct License {
    Seats::Rules rules;
    std::vector<crypto::Ed25519PublicKey> issuers;  ///< whose floating licences count
    /// Users who may see and withdraw seats; among rules.named, too.
    std::set<std::string, std::less<>> administrators;
    friend bool operator==(const License&, const License&) = default;
  };
  struct Check {
    std::vector<transport::Url> hosts;  ///< https, that the diagnosis tries to reach
    friend bool operator==(const Check&, const Check&) = default;
  };
  struct Admin {
    std::string address;     ///< loopback; empty: the page is switched off
    std::uint16_t port = 0;  ///< 0: any free one
    friend bool operator==(const Admin&, const Admin&) = default;
  };
  struct Log {
    log::Level level = log::Level::info;
    log::Format format = log::Format::automatic;
    friend bool operator==(const Log&, const Log&) = default;
  };

  std::filesystem::path origin;
  std::string name;  ///< canonical system name
  Connector connector;
  Uci uci;
  /// Made of uci.allow; there whenever reading succeeded.
  std::optional<MethodFilter> filter;
  Limits limits;
  License license;
  Log log;
  Check check;
  Admin admin;
  std::optional<watch::Listen> watch;  ///< where monitoring may ask; nothing: nowhere
};

/// A port of this host that the agent takes for one of its purposes.
struct OwnPort {
  const char* section;
  const char* key;
  transport::Endpoint at;

  [[nodiscard]] std::string name() const { return std::string("[") + section + "] " + key; }
};
/// Those that are fixed: where any free one is taken, none can be in the way.
[[nodiscard]] std::vector<OwnPort> own_ports(const Configuration& configuration);

/// agent.read-timeout-short when sessions are to wait for their clients, but may end before a
/// connector with its default pings notices that a client's line is dead.
[[nodiscard]] std::optional<Error> read_timeout_warning(const Configuration::Limits& limits);

/// Takes the configuration out of a file, leaving `origin` empty, and reads the file of named users
/// when there is one. Fails with a code of settings/codes.h, naming file and line.
[[nodiscard]] Result<Configuration> read_configuration(settings::Reader& reader);

/// `path` is a file, or a directory with exactly one *.ini.
[[nodiscard]] Result<Configuration> load_configuration(const std::filesystem::path& path);

}  // namespace sfteams::agent
