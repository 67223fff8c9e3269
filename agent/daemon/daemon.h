#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <json/value.h>

#include "agent/configuration/configuration.h"
#include "agent/configuration/options.h"
#include "agent/daemon/control_desk.h"
#include "agent/daemon/page_host.h"
#include "agent/daemon/page_settings.h"
#include "agent/daemon/reload.h"
#include "agent/findings/check_run.h"
#include "agent/findings/diagnosis.h"
#include "agent/keys/key_ring.h"
#include "agent/keys/system_keys.h"
#include "agent/licensing/licensing.h"
#include "agent/pbx/pbx_side.h"
#include "agent/pbx/pbx_watch.h"
#include "agent/pbx/refresh_book.h"
#include "agent/pbx/refused_events.h"
#include "agent/pbx/rights_desk.h"
#include "agent/sessions/conversation.h"
#include "agent/sessions/sessions.h"
#include "agent/state/state_directory.h"
#include "agent/status/monitoring.h"
#include "agent/status/status.h"
#include "agent/uplink/uplink.h"
#include "base/crypto/ed25519.h"
#include "base/error/error.h"
#include "base/log/tail.h"
#include "monitoring/loop_turns.h"
#include "transport/control_socket.h"
#include "transport/loop.h"
#include "transport/network.h"
#include "transport/reopening.h"
#include "transport/supervisor.h"

namespace sfteams::agent {

/// The running agent: builds its parts, gives them to each other, answers the control socket, and
/// takes everything down in order.
class Daemon {
 public:
  /// What is still under way at SIGTERM has this long to end.
  static constexpr transport::Duration kDrain{5'000};

  struct Setup {
    Options options;
    Configuration configuration;
    std::string version;
    StateDirectory state;
    InstanceLock lock;
    crypto::Ed25519Key identity;
    KeyRing keys;
    Diagnose diagnose;  ///< for the administration page
  };

  /// Fails with what all users need: the loop, randomness, the files of the state. What only a part
  /// of the agent needs is logged, shown by `status`, and tried again later: the ports of the PBX's
  /// events, of the administration page and of monitoring, and the control socket.
  [[nodiscard]] static Result<std::unique_ptr<Daemon>> create(Setup setup);
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  /// Until SIGTERM or SIGINT. Fails when the connector cannot even be dialled.
  [[nodiscard]] Result<void> run();

  /// What it can be asked for.
  [[nodiscard]] const ControlDesk& desk() const { return desk_; }

 private:
  /// Takes all but `keys` and `diagnose`, which build() gets.
  explicit Daemon(Setup& setup);
  [[nodiscard]] Result<void> build(const KeyRing& keys, Diagnose diagnose);
  void build_licensing();
  void build_tickets();
  [[nodiscard]] Uplink::Way way() const;
  void build_sessions();
  void build_uplink();
  void on_signal(int signal);
  /// Takes in a changed configuration; a wrong one is refused whole, and the old one stays.
  Result<std::vector<std::string>> reload();
  /// `settle` is called when nothing can be refused any more, and before anything changes; what it
  /// fails with refuses the configuration after all.
  [[nodiscard]] Result<std::vector<std::string>> take_in(
      Configuration fresh, const std::function<Result<void>()>& settle = {});
  /// A configuration that can be applied without a failure, and what it needs, opened already.
  struct Prepared {
    Configuration fresh;
    Changes changes;
    std::unique_ptr<Monitoring> monitoring;  ///< when changes.watch; nothing: switched off
    std::unique_ptr<PageHost> page;          ///< when changes.admin; nothing: switched off
  };
  /// Fails with the first thing that speaks against it; changes nothing that is in force.
  [[nodiscard]] Result<Prepared> prepare(Configuration fresh);
  /// Puts it in force. What has changed, a sentence each.
  [[nodiscard]] std::vector<std::string> apply(Prepared prepared);
  /// The same for what the page has changed; refused, the file is as it was.
  [[nodiscard]] Result<std::vector<std::string>> save(const PageSettings& settings);
  void stop();
  void stopped_one();
  [[nodiscard]] std::string software() const;

  void on_control(const std::string& request, const transport::ControlServer::Answer& answer);
  // In daemon_commands.cpp.
  void add_commands();
  void add_key_commands();
  void add_license_commands();
  void add_ticket_commands();
  void add_settings_commands();
  void add_session_commands();
  void add_check_and_log_commands();
  /// Asks the PBX, which may take seconds. `answer` comes once, at once or in a later turn.
  void ask_status(const std::function<void(Json::Value)>& answer);

  [[nodiscard]] Result<std::unique_ptr<PageHost>> open_page(const Configuration::Admin& admin);
  void move_page(std::unique_ptr<PageHost> page);
  void build_openings();
  /// Which of a configuration's ports are really ours at present.
  [[nodiscard]] std::vector<OwnPort> held_ports() const;
  void keys_changed();
  [[nodiscard]] Status status(const std::optional<Error>& uci_error) const;
  /// With what is known of the PBX, without asking it.
  [[nodiscard]] Status known_status() const;
  [[nodiscard]] Result<std::unique_ptr<Monitoring>> open_monitoring(
      const std::optional<monitoring::Listen>& listen);
  [[nodiscard]] Result<Json::Value> change_log_level(const Json::Value& asked);
  /// For the service manager: "registered as pbx.example.com, 3 sessions".
  [[nodiscard]] std::string activity() const;
  [[nodiscard]] bool is_in_force(const tunnel::KeyId& key) const;
  /// Ends a user's tickets and sessions. False: the user had none. Fails as Tickets::end(), once
  /// all has ended.
  [[nodiscard]] Result<bool> sign_out(std::string_view user, const Error& why);
  /// Ends tickets and sessions of a user, of one device, or of everybody; the answer to the command.
  [[nodiscard]] Result<Json::Value> revoke_tickets(std::string_view user);
  [[nodiscard]] Result<Json::Value> revoke_device(std::string_view user, std::string_view device);
  [[nodiscard]] Result<Json::Value> revoke_all_tickets();

  const Options options_;
  Configuration configuration_;  ///< the one in force
  const std::string version_;
  const StateDirectory state_;
  const InstanceLock lock_;
  const crypto::Ed25519Key identity_;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  log::Tail tail_;
  ControlDesk desk_;
  // In the order in which each needs those before it.
  std::unique_ptr<transport::Loop> loop_;
  std::unique_ptr<monitoring::LoopTurns> turns_;
  std::unique_ptr<transport::Supervisor> supervisor_;
  std::unique_ptr<transport::Network> network_;
  std::shared_ptr<ConversationCounts> counts_ = std::make_shared<ConversationCounts>();
  std::unique_ptr<RefusedEvents> refused_events_;
  std::unique_ptr<RefreshBook> refresh_book_;
  std::unique_ptr<PbxSide> pbx_;
  std::unique_ptr<PbxWatch> pbx_watch_;
  std::unique_ptr<Licensing> licensing_;
  std::optional<RightsDesk> rights_;
  std::unique_ptr<SystemKeys> keys_;
  std::unique_ptr<Tickets> tickets_;
  std::optional<ConversationSetup> conversations_;
  std::unique_ptr<Sessions> sessions_;
  std::unique_ptr<Uplink> uplink_;
  std::unique_ptr<CheckRun> check_;
  std::unique_ptr<PageHost> page_;
  std::unique_ptr<PageHost> old_page_;  ///< for the rest of the turn in which it was moved
  std::unique_ptr<transport::Timer> page_move_;
  std::unique_ptr<transport::ControlServer> control_;
  std::unique_ptr<Monitoring> monitoring_;  ///< when [watch] listen is set
  std::unique_ptr<transport::Reopening> page_opening_;
  std::unique_ptr<transport::Reopening> control_opening_;
  std::unique_ptr<transport::Reopening> monitoring_opening_;
  std::unique_ptr<transport::Timer> stop_deadline_;
  int to_stop_ = 0;
  bool stopping_ = false;
};

}  // namespace sfteams::agent
