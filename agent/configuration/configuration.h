#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "agent/licensing/settings.h"
#include "agent/pbx/method_filter.h"
#include "agent/pbx/settings.h"
#include "agent/sessions/conversation_rules.h"
#include "agent/sessions/settings.h"
#include "agent/uplink/settings.h"
#include "base/error/error.h"
#include "base/log/log.h"
#include "base/settings/ini.h"
#include "monitoring/listen.h"
#include "transport/endpoint.h"
#include "transport/proxy.h"
#include "transport/scheduler.h"
#include "transport/url.h"

namespace sfteams::agent {

/// What packaging/agent.ini describes, with the same defaults. Every value is checked.
struct Configuration {
  using Duration = transport::Duration;
  using File = std::optional<std::filesystem::path>;  ///< absolute

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
  UplinkSettings connector;
  PbxSettings uci;
  /// [rest] enabled: users may ask the PBX's REST interface.
  bool rest = true;
  /// Made of [uci] allow; there whenever reading succeeded.
  std::optional<MethodFilter> filter;
  SessionSettings limits;
  LicenseSettings license;
  Log log;
  Check check;
  Admin admin;
  std::optional<monitoring::Listen> watch;  ///< where monitoring may ask; nothing: nowhere
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

/// Whether the files can be used that a configuration only names ("ca-file" of [connector] and
/// [uci]). Fails as transport::check_ca_file() does.
[[nodiscard]] Result<void> check_files(const Configuration& configuration);

/// What conversations look up in it.
[[nodiscard]] ConversationRules conversation_rules(const Configuration& configuration);

/// agent.read-timeout-short when sessions are to wait for their clients, but may end before a
/// connector with its default pings notices that a client's line is dead.
[[nodiscard]] std::optional<Error> read_timeout_warning(const SessionSettings& limits);
/// agent.rights-not-asked when rights at the PBX are to decide who is named, but other settings keep
/// the agent from asking for them.
[[nodiscard]] std::optional<Error> rights_warning(const Configuration& configuration);

/// Takes the configuration out of a file, leaving `origin` empty, and reads the file of named users
/// when there is one. Fails with a code of base/settings/codes.h, naming file and line.
[[nodiscard]] Result<Configuration> read_configuration(settings::Reader& reader);

/// `path` is a file, or a directory with exactly one *.ini.
[[nodiscard]] Result<Configuration> load_configuration(const std::filesystem::path& path);

}  // namespace sfteams::agent
