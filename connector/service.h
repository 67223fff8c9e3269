#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error/error.h"
#include "connector/app_page.h"
#include "connector/cluster_port.h"
#include "connector/configuration.h"
#include "connector/control_desk.h"
#include "connector/exchange.h"
#include "connector/metrics.h"
#include "connector/registry/registry.h"
#include "connector/registry/registry_lock.h"
#include "monitoring/endpoint.h"
#include "transport/loop.h"
#include "transport/network.h"
#include "transport/reopening.h"
#include "transport/server.h"
#include "transport/supervisor.h"

namespace sfteams::connector {

/// The connector on its sockets: what accepts, what is told to monitoring, and what stops it.
class Service final : private monitoring::Subject {
 public:
  /// Locks and opens the registry, and listens; a port of [watch] that another process has is tried
  /// again later. Fails with the codes of the registry, of transport::Server, or with
  /// transport.loop-failed and transport.network-failed. `configuration` outlives it.
  [[nodiscard]] static Result<std::unique_ptr<Service>> start(const Configuration& configuration,
                                                              std::string version);
  ~Service() override;
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  /// The port that is really open.
  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// "[::]:443 (TLS), registration enrolled, 12 names known"
  [[nodiscard]] std::string summary() const;

  /// Something that was found at the start and does not go away by itself: `status` shows it.
  void note_standing(Error warning) { standing_.push_back(std::move(warning)); }

  /// Serves until SIGTERM or SIGINT, and then until everybody has been told; a second signal ends
  /// it at once. On SIGHUP the certificate, the level of the log and the page's files are read
  /// again.
  [[nodiscard]] Result<void> run();

 private:
  Service(const Configuration& configuration, std::string version)
      : configuration_(configuration),
        version_(std::move(version)),
        page_(configuration.app.url, configuration.limits.waiting,
              configuration.limits.waiting_per_sender),
        origins_(configuration.app.url, configuration.app.origins) {}
  [[nodiscard]] Result<void> open_registry();
  /// Fails only where the page has to be there ([app] serve = yes).
  [[nodiscard]] Result<void> open_page();
  [[nodiscard]] Result<void> join_cluster();
  [[nodiscard]] Result<void> listen();
  [[nodiscard]] transport::HttpResponse answer(const transport::HttpRequest& request);
  /// nullopt when a trusted proxy does not say.
  [[nodiscard]] std::optional<Address> sender_of(const std::string& peer_address,
                                                 std::string_view forwarded_for) const;
  [[nodiscard]] std::optional<transport::HttpResponse> refuse_unknown_sender(
      const transport::UpgradeRequest& request);
  [[nodiscard]] std::optional<transport::HttpResponse> refuse_agent(
      const transport::UpgradeRequest& request);
  [[nodiscard]] std::optional<transport::HttpResponse> refuse_client(
      const transport::UpgradeRequest& request);
  [[nodiscard]] Result<void> open_monitoring();
  [[nodiscard]] Measured measure() const;
  [[nodiscard]] std::vector<monitoring::Condition> conditions() const override;
  [[nodiscard]] std::string metrics() const override;
  void on_signal(int signal);
  /// The address with the port that is really open.
  [[nodiscard]] std::string place() const;
  [[nodiscard]] std::string endpoint() const;
  /// The answer to `status` (connector/service_status.cpp).
  [[nodiscard]] Json::Value status() const;
  /// For the service manager: "12 agents and 40 clients on [::]:443 (TLS)".
  [[nodiscard]] std::string activity() const;
  void reload();
  void reload_log_level();
  void reload_certificate();
  /// Into the log, when nobody will connect because of it.
  void look_at_certificate() const;
  /// What was served before is served on where they cannot be read.
  [[nodiscard]] Result<void> read_page();
  /// The package for Teams beside the page, where the address is one that Teams can use.
  void offer_package(AppFiles& files) const;
  void stop();
  void drain();

  const Configuration& configuration_;
  std::string version_;
  transport::TimePoint started_ = transport::Clock::now();
  std::vector<Error> standing_;
  AppPage page_;
  std::optional<Error> page_error_;  ///< why its files could not be read the last time
  OriginRule origins_;
  std::optional<RegistryLock> lock_;
  std::unique_ptr<Registry> registry_;
  std::int64_t names_ = 0;
  std::unique_ptr<transport::Loop> loop_;
  std::unique_ptr<monitoring::LoopTurns> turns_;
  std::unique_ptr<transport::Supervisor> supervisor_;
  std::unique_ptr<transport::Network> network_;
  std::unique_ptr<ClusterPort> cluster_;  ///< of a node of a cluster
  std::unique_ptr<Exchange> exchange_;
  std::unique_ptr<transport::Server> server_;
  std::uint16_t port_ = 0;
  std::unique_ptr<ControlDesk> control_;
  std::unique_ptr<monitoring::Endpoint> monitoring_;  ///< when [watch] listen is set
  std::unique_ptr<transport::Reopening> monitoring_opening_;
  metrics::Tally certificate_reloads_{"ok"};
  metrics::Tally page_readings_{"ok"};
  bool stopping_ = false;
};

/// The program's `run`: a process that serves this configuration until it is told to stop.
/// `port_file` gets {"address":…,"port":…,"tls":…} once the socket is open.
[[nodiscard]] Result<void> serve(const Configuration& configuration, const std::string& version,
                                 const std::optional<std::filesystem::path>& port_file);

}  // namespace sfteams::connector
