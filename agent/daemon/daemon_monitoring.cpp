// What the daemon tells of itself: over the control socket and under [watch] listen.

#include <unistd.h>

#include "agent/daemon/control_protocol.h"
#include "agent/daemon/daemon.h"
#include "base/json/json.h"
#include "base/log/log.h"

namespace sfteams::agent {

Status Daemon::status(const std::optional<Error>& uci_error) const {
  const Configuration& configuration = configuration_;
  Status status;
  status.version = version_;
  status.pid = getpid();
  status.uptime =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - started_);
  status.system_name = configuration.name;
  status.identity = identity_.public_key();
  status.connector_url = configuration.connector.url.to_string();
  if (configuration.connector.proxy) status.proxy = configuration.connector.proxy->to_string();
  status.uplink = uplink_->status();
  status.keys = keys_->in_force();
  status.uci_enabled = configuration.uci.enabled;
  status.uci_url = configuration.uci.url.to_string();
  status.uci_error = uci_error;
  status.uci_auth = pbx_->auth();
  status.events_refused = refused_events_->total();
  status.last_refused_event = refused_events_->last();
  status.page_error = page_opening_->error();
  status.monitoring_error = monitoring_opening_->error();
  status.licensing = licensing_->summary();
  if (status.licensing.by_pbx) status.rights_unknown = rights_->unknown();
  status.sessions = sessions_->size();
  status.sessions_waiting = sessions_->waiting();
  status.max_sessions = configuration.limits.sessions;
  if (const Result<Accounts*> accounts = pbx_->accounts()) status.accounts = (*accounts)->summary();
  return status;
}

Status Daemon::known_status() const {
  const std::optional<Error> problem = pbx_->problem();
  Status known = status(problem ? problem : pbx_watch_->problem());
  known.uci_asked = problem || pbx_watch_->known();
  return known;
}

Result<std::unique_ptr<Monitoring>> Daemon::open_monitoring(
    const std::optional<monitoring::Listen>& listen) {
  if (!listen) return nullptr;
  return Monitoring::open(
      *network_,
      [this] {
        return Measured{known_status(),
                        uplink_->counts(),
                        sessions_->counts(),
                        *conversations_->counts,
                        sessions_->holdings().in_all(),
                        sessions_->limits().held_in_all,
                        pbx_->load(),
                        turns_.get()};
      },
      *listen);
}

Result<Json::Value> Daemon::change_log_level(const Json::Value& asked) {
  if (const auto wanted = json::string_member(asked, "level")) {
    const Result<log::Level> level = log::parse_level(*wanted);
    if (!level) return fail(level.error());
    log::set_level(*level);
    log::info("agent", "the log level is {} until the next reload or restart",
              log::to_string(*level));
  }
  Json::Value result(Json::objectValue);
  result["level"] = std::string(log::to_string(log::level()));
  result["configured"] = std::string(log::to_string(configuration_.log.level));
  return result;
}

}  // namespace sfteams::agent
