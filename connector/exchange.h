#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "connector/agent_link.h"
#include "connector/census.h"
#include "connector/client_link.h"
#include "connector/cluster_node.h"
#include "connector/departure.h"
#include "connector/link_context.h"
#include "connector/node_lines.h"
#include "connector/wave_watch.h"

namespace sfteams::connector {

/// What is there now: numbers, never names.
struct Counts {
  std::size_t agents = 0;   ///< registered
  std::size_t clients = 0;  ///< connected, admitted or not
  std::size_t streams = 0;
  std::size_t waiting = 0;           ///< connections that have proved nothing yet
  std::size_t buffered = 0;          ///< bytes on their way between a client and an agent
  bool registry_ok = true;           ///< false: new names are refused for now
  std::string_view registry_code{};  ///< why not
};

struct NodeLinkCounts {
  std::size_t proven = 0;
  std::size_t streams = 0;
};

/// Owns all links and what they share, and keeps the registry up to date. No sockets: it is given
/// wires.
class Exchange final : public LinkOwner {
 public:
  Exchange(transport::Scheduler& scheduler, const Configuration& configuration, Registry& registry,
           Admission admission, std::function<UnixSeconds()> unix_now);
  ~Exchange() override;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  /// A websocket was accepted. Whoever calls this attaches the handler to it; it lives until its
  /// on_close().
  transport::WebsocketHandler& add_agent(std::unique_ptr<Wire> wire, const Address& address);
  transport::WebsocketHandler& add_client(std::unique_ptr<Wire> wire, const Address& address);
  /// Of another node, once this one is in a cluster.
  transport::WebsocketHandler& add_node(std::unique_ptr<Wire> wire, const Address& address);

  /// Makes this one a node of a cluster; before anybody is added. `keys` and `self` outlive it.
  void join_cluster(const ClusterKeys& keys, const NodeIdentity& self, NodeLines::Dial dial);
  /// The same, with everything that joins it to the others; all that `parts` refers to outlives it.
  void join_cluster(ClusterNode::Parts parts, NodeLines::Dial dial);
  /// nullptr: this one is in no cluster.
  [[nodiscard]] ClusterNode* cluster() { return cluster_.get(); }
  [[nodiscard]] const ClusterNode* cluster() const { return cluster_.get(); }
  /// Links of other nodes that have proved themselves, and the streams of their clients.
  [[nodiscard]] NodeLinkCounts node_links() const;
  /// To the nodes that have other agents; nullptr: this one is in no cluster.
  [[nodiscard]] NodeLines* lines() { return lines_.get(); }

  /// A trusted proxy did not say for whom it asks, and was refused.
  void count_unknown_sender() { ++context_.tallies.unknown_senders; }
  /// A page that may not have asked for a websocket, and was refused.
  void count_foreign_agent_origin() { ++context_.tallies.agents.foreign_origins; }
  void count_foreign_client_origin() { ++context_.tallies.clients.foreign_origins; }

  [[nodiscard]] Counts counts() const;
  [[nodiscard]] const Tallies& tallies() const { return context_.tallies; }
  /// Who is online.
  [[nodiscard]] const Routes& routes() const { return context_.routes; }
  /// Why the registry could not be written the last time; nothing: it could.
  [[nodiscard]] const std::optional<Error>& registry_problem() const { return registry_problem_; }
  /// What states the names of the registry are in, known to the second.
  [[nodiscard]] Result<NameStates> name_states() { return census_.count(); }

  /// Sends everybody to another node, at once and without a pause; clients of an agent hear of it
  /// before the agent does. `done` is called once, at the latest when the time of the plan is over.
  /// From now on leaving() is true; in the second half of the plan who comes is sent away as well.
  void move_away(const Departure::Plan& plan, std::function<void()> done);
  [[nodiscard]] bool leaving() const { return departure_ != nullptr; }

  /// Tells everybody to come back later, each at a time of its own, and closes. `done` is called
  /// once, when nobody is left or `patience` is over.
  void drain(transport::Duration patience, std::function<void()> done);

 private:
  void ended(Link& link) override;
  using Links = std::unordered_map<Link*, std::unique_ptr<Link>>;

  /// `key`: of the limit in [limits].
  [[nodiscard]] WaitingRoom::Seat seat_for(const Address& address, const Links& links,
                                           std::size_t limit, std::string_view key);
  [[nodiscard]] WaitingRoom::Seat node_seat(const Address& address);
  static transport::WebsocketHandler& add(Links& links, std::unique_ptr<Link> link);
  void tick();
  void write_soon();
  void write_registry();
  void look_for_changes();
  void check_owners();
  [[nodiscard]] ClusterNode::Hooks cluster_hooks();
  void log_notes();
  void give_memory_back();
  void drained();
  [[nodiscard]] std::size_t move_some(std::size_t count);

  LinkContext context_;
  Links agents_;
  Links clients_;
  Links nodes_;
  std::unique_ptr<NodeLines> lines_;
  std::unique_ptr<ClusterNode> cluster_;
  std::vector<std::string> to_check_;
  bool notes_due_ = true;                  ///< those from before the start, too
  std::int64_t logged_note_ = 0;           ///< the newest one that was logged
  std::optional<Error> registry_problem_;  ///< why it could not be written the last time
  Census census_;
  WaveWatch waves_;
  std::unique_ptr<Departure> departure_;
  bool draining_ = false;
  std::function<void()> drained_;
  std::unique_ptr<transport::Timer> tick_;
  std::unique_ptr<transport::Timer> write_;  ///< the pause after a writing
  bool more_to_write_ = false;
  std::unique_ptr<transport::Timer> drain_timer_;
};

}  // namespace sfteams::connector
