#pragma once

#include <functional>
#include <memory>
#include <string>
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
class SearchForAgent {
 public:
  /// What came of it beside Entered and a Refusal.
  struct NoAgent {
    /// No node has it, for certain. Otherwise the one that has it did not answer.
    bool nobody = false;
  };
  using Outcome = std::variant<Entered, tunnel::Refusal, NoAgent>;

  struct Client {
    std::string name;  ///< of the PBX
    EnterRequest request;
    tunnel::Outbox& outbox;
    RelayOwner& owner;
  };

  /// `done` is called once, in a later turn of the loop, unless this goes before; it may destroy
  /// this. At the latest after two lookups and NodeLines::kEnterDeadline twice.
  SearchForAgent(ClusterNode& cluster, Client client, std::function<void(Outcome)> done);

 private:
  void look();
  void take(const Finding& finding);
  void enter(const Place& place);
  void take(EnterOutcome outcome);

  ClusterNode& cluster_;
  Client client_;
  std::function<void(Outcome)> done_;
  bool again_ = false;
  bool remembered_ = false;  ///< the place, because the bus is down
  std::unique_ptr<bus::Handle> lookup_;
  std::unique_ptr<NodeLines::Entry> entry_;
};

}  // namespace sfteams::connector
