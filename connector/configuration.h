#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/error/error.h"
#include "base/log/log.h"
#include "base/settings/ini.h"
#include "connector/address.h"
#include "connector/app_package.h"
#include "connector/cluster_settings.h"
#include "connector/registry/registration_mode.h"
#include "connector/throttle.h"
#include "connector/web_origin.h"
#include "monitoring/listen.h"
#include "transport/server.h"
#include "transport/websocket.h"

namespace sfteams::connector {

inline constexpr const char* kDefaultConfiguration = "/etc/starface-teams-connector/connector.ini";

struct Listen {
  std::string address;
  std::uint16_t port = 0;
  std::optional<transport::ServerTls> tls;  ///< none: plain, on loopback only
  std::vector<AddressBlock> trusted_proxies;
};

struct Limits {
  std::size_t agents = 10'000;
  std::size_t clients = 50'000;
  std::size_t clients_per_sender = 2'000;  ///< of these, admitted and from one address
  std::uint32_t streams_per_agent = 4'096;
  std::size_t waiting = 2'000;           ///< connections that have proved nothing yet
  std::size_t waiting_per_sender = 200;  ///< of these, from one address
  transport::Duration handshake{10'000};
  std::size_t agent_buffer = 16U << 20U;  ///< bytes on their way, all streams of one agent
  std::size_t total_buffer = 256U << 20U;
  std::size_t names = 100'000;  ///< that the registry takes in open mode
  unsigned new_names_per_minute = 120;
  unsigned registrations_per_second = 400;
  unsigned admissions_per_address = 600;  ///< a minute, right and wrong ones
  unsigned admissions_per_name = 6'000;   ///< a minute, of clients that have the key
};

/// The Teams app's page, and who may host it elsewhere.
struct App {
  enum class Serve {
    automatic,  ///< when its directory is there
    yes,
    no,
  };
  Serve serve = Serve::automatic;
  std::filesystem::path directory;
  std::optional<WebOrigin> url;  ///< what the connector is called from outside
  std::vector<WebOrigin> origins;
  AppDeveloper developer;
  unsigned package_revision = 0;
};

/// connector.ini, checked. packaging/connector.ini says what each key is for.
struct Configuration {
  Listen listen;
  std::filesystem::path registry_file;
  RegistrationMode registration = RegistrationMode::enrolled;
  Limits limits;
  Throttle::Options throttle;
  /// Together under 10 s, so that an agent's link that only looks alive is found within them.
  transport::Keepalive agent_keepalive{transport::Duration(5'000), transport::Duration(4'000)};
  transport::Keepalive client_keepalive;
  transport::Duration restart_spread{10'000};  ///< told to the peers when the connector stops
  log::Level log_level = log::Level::info;
  log::Format log_format = log::Format::automatic;
  App app;
  std::optional<monitoring::Listen> watch;  ///< where monitoring may ask; nothing: nowhere
  std::optional<ClusterSettings> cluster;   ///< nothing: this connector is alone
  std::filesystem::path origin;             ///< the file

  /// Relative paths are taken from the file's directory. Fails with the codes of settings/, or with
  /// connector.plain-not-loopback or connector.tls-incomplete.
  [[nodiscard]] static Result<Configuration> read(const std::filesystem::path& file);
  [[nodiscard]] static Result<Configuration> from(const settings::Ini& ini);
  /// What may stand in the file: the same reader, asked by the test that compares the packaged
  /// file.
  [[nodiscard]] static Configuration take(settings::Reader& reader,
                                          const std::filesystem::path& directory);
};

}  // namespace sfteams::connector
