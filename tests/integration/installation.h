#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <json/value.h>

#include "tests/integration/child_process.h"
#include "tests/transport/certificates.h"

namespace sfteams::integration {

/// A whole installation on loopback, in processes of their own: the stand-in PBX, a connector with
/// a certificate of a throw-away authority, an agent, and clients. Everything on free ports and in
/// one scratch directory.
class Installation {
 public:
  /// The two sides of the Internet: PBX and agent; connector and clients.
  enum class Side { pbx, cloud };

  struct Options {
    std::vector<std::string> simulator_switches{};  ///< "latency=100"
    std::string connector_settings{};     ///< more lines for connector.ini, with their sections
    std::string agent_settings{};         ///< the same for agent.ini
    std::string agent_tunnel_settings{};  ///< more lines for its section [connector]
    std::string agent_uci_settings{};     ///< more lines for its section [uci]
    std::string registration = "open";
    std::filesystem::path users_file =
        SFTEAMS_SOURCE_DIR "/tests/integration/users.ini";  ///< of the simulator
    std::string log_level = "debug";                        ///< of connector and agent
    std::vector<std::string> environment{};                 ///< "NAME=value" of connector and agent
    std::string connector_address = "127.0.0.1";            ///< IPv4
    bool await_tunnel = true;  ///< start_agent() waits until the agent is registered
    /// Goes to a side for as long as what it returns lives; without it all is on one loopback.
    std::function<std::shared_ptr<void>(Side)> enter{};
    std::vector<std::string> agent_environment{};      ///< of the agent alone
    std::vector<std::string> connector_environment{};  ///< of the connector alone
    /// IPv4, of the simulator; events go to loopback and to its network of /24.
    std::string pbx_address = "127.0.0.1";
    Side agent_side = Side::pbx;  ///< cloud: the agent is beside the PBX, on the connector's host
    /// Other names of the connector's certificate, "IP:10.0.0.2", with commas; it is then good for a
    /// client, too.
    std::string more_names{};
    bool connector_tls = true;  ///< false: plain, for a proxy before it
    std::string system_name = "pbx.example.com";
  };

  explicit Installation(Options options);
  Installation() : Installation(Options{}) {}
  /// After a failed REQUIRE it shows what every process said last.
  ~Installation();
  Installation(const Installation&) = delete;
  Installation& operator=(const Installation&) = delete;

  /// A new certificate for the connector in its files, good for so long from now; a connector that
  /// runs has to be told by SIGHUP.
  void certify(std::chrono::seconds valid_until);

  // Each starts a process and waits until it serves; throws with its output when it does not.
  void start_simulator();
  void start_connector();
  void start_agent();
  /// All three, a new system key, and the key file for the users.
  void start();

  /// In the place of Options::connector_settings, from the next start_connector() on.
  void set_connector_settings(std::string settings) {
    options_.connector_settings = std::move(settings);
  }

  [[nodiscard]] ChildProcess& simulator() { return *simulator_; }
  [[nodiscard]] ChildProcess& connector() { return *connector_; }
  [[nodiscard]] ChildProcess& agent() { return *agent_; }

  /// starface-teams-agent SUBCOMMAND … with this installation's configuration and state.
  [[nodiscard]] Finished agent_command(const std::vector<std::string>& arguments);
  /// `status --json`; null when the agent does not run.
  [[nodiscard]] Json::Value status();
  /// Waits until status says that the tunnel is registered.
  [[nodiscard]] bool registered();

  /// starface-teams-client … as `user`, with this installation's key file and authority.
  struct User {
    std::string name = "1001";
    std::string password = "anna-secret";
  };
  [[nodiscard]] Finished client(const User& user, const std::vector<std::string>& command);
  [[nodiscard]] std::unique_ptr<ChildProcess> client_in_background(
      const User& user, const std::vector<std::string>& command);
  /// Agent and clients dial this instead of the connector itself; before start_agent().
  void enter_by(std::string url) { entrance_ = std::move(url); }
  void use_key_file(const std::filesystem::path& file) { key_file_ = file; }
  [[nodiscard]] const std::filesystem::path& key_file() const { return key_file_; }

  /// GET on the simulator's control port.
  [[nodiscard]] Json::Value simulator_get(const std::string& path) const;
  Json::Value simulator_post(const std::string& path, const std::string& body) const;
  /// How many entries of the simulator's journal have that kind, user and outcome; empty texts
  /// match all.
  [[nodiscard]] std::size_t journal_count(const std::string& kind, const std::string& user = {},
                                          const std::string& outcome = {},
                                          const std::string& method = {}) const;

  /// GET at what the agent (Side::pbx) or the connector has at [watch], which their settings have
  /// to ask for; empty when there is no answer.
  [[nodiscard]] std::string watched(Side side, const std::string& path);

  [[nodiscard]] const std::filesystem::path& directory() const { return scratch_.path(); }
  [[nodiscard]] std::filesystem::path file(const std::string& name) const {
    return directory() / name;
  }
  [[nodiscard]] static std::filesystem::path program(const std::string& name);
  [[nodiscard]] std::string connector_url() const;
  [[nodiscard]] std::uint16_t connector_port() const { return connector_port_; }
  [[nodiscard]] std::vector<std::string> agent_arguments() const;

  /// Replaces the first `from` in the agent's configuration; throws when there is none.
  void change_agent_ini(const std::string& from, const std::string& to) const;

  /// A method that the agent lets everybody call.
  static constexpr const char* kCallIds = "ucp.v30.requests.call.getCallIds";
  static inline const User kAnna{"1001", "anna-secret"};
  static inline const User kBen{"1002", "ben-secret"};

 private:
  [[nodiscard]] std::shared_ptr<void> at(Side side) const;
  void write_configurations();
  [[nodiscard]] ChildProcess::Options client_options(const User& user,
                                                     const std::vector<std::string>& command);

  ScratchDirectory scratch_;
  Options options_;
  transport::Authority authority_;
  std::filesystem::path key_file_;
  std::string entrance_;
  std::uint16_t pbx_port_ = 0;
  std::uint16_t control_port_ = 0;
  std::uint16_t connector_port_ = 0;
  std::string watched_agent_;      ///< where, once it has been looked for
  std::string watched_connector_;  ///< likewise
  int runs_ = 0;                   ///< of clients and commands, for their files
  int exceptions_ = std::uncaught_exceptions();
  std::unique_ptr<ChildProcess> simulator_;
  std::unique_ptr<ChildProcess> connector_;
  std::unique_ptr<ChildProcess> agent_;
};

/// Where a daemon's log says that its monitoring is ("http://127.0.0.1:40123"), the last place when
/// it has moved; empty when it does not.
[[nodiscard]] std::string watch_place(const ChildProcess& process);

}  // namespace sfteams::integration
