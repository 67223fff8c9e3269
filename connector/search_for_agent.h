#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "connector/address.h"
#include "connector/cluster_node.h"
#include "connector/node_lines.h"
#include "connector/relay_end.h"
#include "tunnel/control.h"
#include "tunnel/outbox.h"

namespace sfteams::connector {

/// A client that came to this node while the agent of its PBX is connected to another one: finds that
/// node, and asks it to let the client in.
///
/// Finding and asking are tried again once when the place that was found proves to be an old one,
/// which is safe, because then nothing has reached the agent.
///
/// For a client whose key is right, nodes that the bus does not reach are asked, too, when nobody else
/// has the agent: they serve what is connected to them.
class SearchForAgent {
 public:
  /// What came of it beside Entered and a Refusal.
  struct NoAgent {
    /// No node has it, for certain. Otherwise the one that has it did not answer.
    bool nobody = false;
    /// Too many come to that node at once.
    bool crowded = false;
  };
  using Outcome = std::variant<Entered, tunnel::Refusal, NoAgent>;

  struct Client {
    std::string name;  ///< of the PBX
    EnterRequest request;
    tunnel::Outbox& outbox;
    RelayOwner& owner;
    /// It has proven its key by what this node remembers. Others are not to learn from the time that
    /// a search takes whether there is such a name.
    bool proven = false;
  };

  /// `done` is called once, in a later turn of the loop, unless this goes before; it may destroy
  /// this. At the latest after two lookups and NodeLines::kEnterDeadline twice; of a proven client, once
  /// more for each of Members::missing().
  SearchForAgent(ClusterNode& cluster, Client client, std::function<void(Outcome)> done);

 private:
  void look();
  void take(const Finding& finding);
  void enter(const Place& place);
  void take(EnterOutcome outcome);
  void not_found(bool nobody);
  void ask_next();

  ClusterNode& cluster_;
  Client client_;
  std::function<void(Outcome)> done_;
  bool again_ = false;
  bool remembered_ = false;                    ///< the place, because the bus is down
  bool nobody_ = false;                        ///< on the bus has it
  std::optional<std::vector<Place>> missing_;  ///< those that are still to be asked, the last first
  std::unique_ptr<bus::Handle> lookup_;
  std::unique_ptr<NodeLines::Entry> entry_;
};

}  // namespace sfteams::connector
