#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/integration/child_process.h"

namespace sfteams::bus::test {

/// What a nats-server of a test is started with, beside what every one has here: a port of its own
/// on loopback, monitoring on another one, JetStream in a directory of its own, and the settings
/// that the cluster's guide names (ping_interval, write_deadline, max_payload, max_pending).
struct NatsSettings {
  std::string name = "nats-1";
  std::string address = "127.0.0.1";  ///< IPv4, for clients and for the other servers
  /// Goes to the network that has this address, for as long as what it returns lives.
  std::function<std::shared_ptr<void>()> enter{};
  /// One user; empty: anybody may do everything.
  std::string user{};
  std::string password{};
  /// PEM files; without them the line is plain.
  std::optional<std::filesystem::path> certificate_file{};
  std::optional<std::filesystem::path> key_file{};
  /// Clients have to show a certificate that one of these has signed.
  std::optional<std::filesystem::path> client_ca_file{};
  /// Lines of nats-server's configuration, put at the end of it: "authorization { … }" with rights.
  std::string more{};
};

/// A real nats-server, killed when the object goes. It keeps its ports and its store
/// when it is started again.
class NatsServer {
 public:
  /// Whether this machine has the program.
  [[nodiscard]] static bool installed();

  /// Chooses ports and starts nothing yet. Files are made in `directory`, which is there.
  NatsServer(std::filesystem::path directory, NatsSettings settings);
  ~NatsServer();
  NatsServer(const NatsServer&) = delete;
  NatsServer& operator=(const NatsServer&) = delete;

  /// Which others it is in one cluster with: their route_url(). Before start().
  void join(std::vector<std::string> routes) { routes_ = std::move(routes); }

  /// Writes the configuration and starts the process; ready() says when it can be used.
  void start();
  /// Whether it takes clients and, alone, JetStream works. In a cluster: whether it knows the
  /// leader of JetStream among `peers` servers.
  [[nodiscard]] bool ready(std::size_t peers = 1) const;
  /// start(), and until ready(); throws when that does not come to be in time.
  void start_and_wait();

  void kill();    ///< -9, and it has ended
  void freeze();  ///< SIGSTOP
  void thaw();    ///< SIGCONT
  [[nodiscard]] bool running() { return process_ && process_->running(); }

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::uint16_t monitoring_port() const { return monitoring_port_; }
  [[nodiscard]] std::string url() const;  ///< "nats://127.0.0.1:4222", or "tls://"
  [[nodiscard]] std::string route_url() const;
  /// What it has written so far.
  [[nodiscard]] std::string log() const;
  /// The body of GET `path` ("/varz", "/connz", "/jsz", …) at its monitoring port; empty when it
  /// does not answer.
  [[nodiscard]] std::string monitor(const std::string& path) const;

 private:
  [[nodiscard]] std::string configuration() const;
  [[nodiscard]] std::shared_ptr<void> there() const;

  std::filesystem::path directory_;
  NatsSettings settings_;
  std::uint16_t port_;
  std::uint16_t monitoring_port_;
  std::uint16_t route_port_;
  std::vector<std::string> routes_;
  std::unique_ptr<integration::ChildProcess> process_;
};

/// Several servers in one cluster, nats-1 and so on, with JetStream among them; started and ready
/// when the constructor returns.
class NatsCluster {
 public:
  /// In `directory`, which is there. Of `settings` all but the name is for every server.
  NatsCluster(const std::filesystem::path& directory, std::size_t servers,
              const NatsSettings& settings = {});
  /// With settings for each; their names are given here.
  NatsCluster(const std::filesystem::path& directory, std::vector<NatsSettings> settings);

  [[nodiscard]] NatsServer& operator[](std::size_t index) { return *servers_.at(index); }
  [[nodiscard]] std::size_t size() const { return servers_.size(); }
  [[nodiscard]] std::vector<std::string> urls() const;
  /// Whether all servers that run know a leader of JetStream among all that there are.
  [[nodiscard]] bool ready();
  /// The server that leads JetStream's own group; nullptr: none is known now.
  [[nodiscard]] NatsServer* leader();

 private:
  std::vector<std::unique_ptr<NatsServer>> servers_;
};

}  // namespace sfteams::bus::test
