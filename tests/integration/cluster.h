#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <json/value.h>

#include "tests/integration/entrance.h"
#include "tests/integration/installation.h"
#include "tests/integration/relay.h"
#include "tests/transport/bus/nats_server.h"
#include "transport/bus/nats_bus.h"
#include "transport/loop.h"

namespace sfteams::integration {

/// The users of a cluster's one PBX, and a command line with nothing more to say.
inline const std::vector<Installation::User> kUsers{Installation::kAnna, Installation::kBen};
inline const std::vector<std::string> kNothing;

/// Three connectors that act as one, with nats-servers and two entrances, all on loopback: one for
/// agents, which prefers node 1 (b), and one for clients, which prefers node 0 (a), so that a call
/// has to go from one node to another one. The PBX and its agent are those of an Installation that
/// has no connector of its own.
class Cluster {
 public:
  static constexpr std::size_t kNodes = 3;

  /// Where a node stands, with the nats-server of its number.
  struct Place {
    std::string address = "127.0.0.1";  ///< IPv4; off loopback all is encrypted
    /// Goes to the network that has this address, for as long as what it returns lives.
    std::function<std::shared_ptr<void>()> enter{};
  };
  struct Options {
    std::size_t nats_servers = 1;
    std::string node_settings{};  ///< more lines for every connector.ini, with their sections
    std::string registration = "open";
    Installation::Options installation{};  ///< of the PBX and the agent, and of the nodes' log
    bool relays = false;                   ///< nodes reach each other by relay()
    /// PBX, agent, clients and entrances are where the first node is.
    std::array<Place, kNodes> places{};
    bool entrances_look = true;  ///< whether they ask for /healthz
  };

  /// Starts everything but the agent.
  explicit Cluster(const Options& options);
  Cluster() : Cluster(Options{}) {}
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  /// Agent, system key and key file, in this order; waits until the agent is registered.
  void start_agent();

  [[nodiscard]] Installation& pbx() { return *pbx_; }
  [[nodiscard]] bus::test::NatsCluster& nats() { return *nats_; }
  [[nodiscard]] Entrance& for_agents() { return *for_agents_; }
  [[nodiscard]] Entrance& for_clients() { return *for_clients_; }

  /// Another PBX behind the same cluster, with its own simulator, which runs; its agent does not yet.
  [[nodiscard]] std::unique_ptr<Installation> another_pbx(Installation::Options options);

  /// Starts it, or starts it again at the same port, and waits until it serves.
  void start_node(std::size_t node);
  [[nodiscard]] ChildProcess& node(std::size_t number) { return *nodes_.at(number).process; }
  [[nodiscard]] std::uint16_t port(std::size_t node) const { return nodes_.at(node).port; }
  /// By which the others dial this node.
  [[nodiscard]] Relay& relay(std::size_t node) { return *nodes_.at(node).relay; }
  [[nodiscard]] Target target(std::size_t node) const {
    return {options_.places.at(node).address, port(node)};
  }
  [[nodiscard]] std::shared_ptr<void> enter(std::size_t node) const;
  [[nodiscard]] std::filesystem::path directory(std::size_t node) const;
  /// "a", "b", "c"
  [[nodiscard]] static std::string id(std::size_t node);
  /// starface-teams-connector with this node's configuration.
  [[nodiscard]] Finished command(std::size_t node, std::vector<std::string> arguments) const;
  /// `status --json`; null when there is no answer.
  [[nodiscard]] Json::Value status(std::size_t node) const;
  /// `list --json`; null when there is no answer.
  [[nodiscard]] Json::Value list(std::size_t node) const;
  /// The entry of `list --json` for this name; null without one.
  [[nodiscard]] Json::Value listed(std::size_t node,
                                   const std::string& name = "pbx.example.com") const;
  /// Whether it takes changes of names: a node that has never seen the log of names waits for ten
  /// seconds, in which the others could find that it was lost. Enrols a name of its own for that.
  [[nodiscard]] bool in_step(std::size_t node) const;
  /// Its /metrics; empty when it does not answer.
  [[nodiscard]] std::string metrics(std::size_t node) const;
  /// The value of a metric without labels, "loop_turn_longest_seconds".
  [[nodiscard]] double metric(std::size_t node, const std::string& name) const;
  /// Whether all nodes that run say in `list` that the name's agent is at this one.
  [[nodiscard]] bool all_see_agent_at(std::size_t node,
                                      const std::string& name = "pbx.example.com");

  /// All that the nats-servers have stored is lost; the streams are made again.
  void wipe_nats();
  /// Somebody with the nodes' password.
  [[nodiscard]] std::unique_ptr<bus::NatsBus> user_of_nats(transport::Loop& loop) const;
  /// Another file of what nodes share.
  void make_key(const std::filesystem::path& file) const;
  /// From its next start on.
  void set_key_file(std::size_t node, std::filesystem::path file) {
    nodes_.at(node).key_file = std::move(file);
  }
  /// As the nodes', of mode 0600.
  [[nodiscard]] std::filesystem::path credentials() const { return pbx_->file("nats.ini"); }
  /// The file that all nodes share.
  [[nodiscard]] std::filesystem::path key_file() const { return pbx_->file("cluster.key"); }
  static constexpr const char* kName = "tests";

 private:
  struct Node {
    std::uint16_t port = 0;
    std::uint16_t peer_port = 0;
    std::unique_ptr<Relay> relay;  ///< none: they dial the node itself
    std::filesystem::path key_file;
    std::unique_ptr<ChildProcess> process;
    mutable std::string watched;  ///< where it is, once that has been looked for
  };
  [[nodiscard]] bool encrypted() const;
  void start_nats();
  void open_entrances();
  void write_configuration(std::size_t node) const;
  /// Those in its own network if there are any, otherwise all.
  [[nodiscard]] std::string nats_of(std::size_t node) const;
  /// The streams of the log of names, as an administrator makes them.
  void create_streams();

  Options options_;
  std::unique_ptr<Installation> pbx_;
  std::unique_ptr<bus::test::NatsCluster> nats_;
  std::array<Node, kNodes> nodes_;
  std::unique_ptr<Entrance> for_agents_;
  std::unique_ptr<Entrance> for_clients_;
};

}  // namespace sfteams::integration
