#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "base/metrics/tally.h"
#include "connector/cluster/cluster_context.h"
#include "connector/cluster/held_names.h"
#include "connector/cluster/known_places.h"

namespace sfteams::connector {

/// What became of a lookup.
struct Finding {
  enum class Outcome {
    found,
    nobody,   ///< no node has it: its agent is offline, or there is no such name
    unknown,  ///< the bus is down, or the node that has it did not answer: try again later
  };
  Outcome outcome = Outcome::unknown;
  Place place{};            ///< when found; this node's own, when it holds the name
  bool remembered = false;  ///< found earlier, because the bus is down: it may be wrong
};

/// What came of lookups and claims since the start.
struct DirectoryTally {
  metrics::Tally lookups{"found", "remembered", "nobody", "unknown"};
  metrics::Tally lost{"overtaken", "tie"};  ///< names that were held here, and why they are not
};

/// Which node has which agent, without a table: each node subscribes a subject for each agent that it
/// has, and answers there. All callbacks come from the loop, in a later turn.
///
///     ClusterContext context(…);
///     Directory directory(context, {.lost = …, .forgotten = …});
///     directory.hold(name);        // an agent was registered here (also when it replaced another
///                                  // link of the same name here)
///     directory.let_go(name);      // its link begins to close; not when a newer link has the name
///     lookup = directory.find(name, [](const Finding&) {…});
///     directory.forget_place(name);  // that node said "not here": find() again, once
///     Members members(context, …, {.back = [&] { directory.claim_again(); }});
class Directory {
 public:
  static constexpr transport::Duration kDeadline{150};  ///< for an answer; asked twice

  Directory(ClusterContext& context, HeldNames::Callbacks callbacks);

  /// Claims the name for this node. The epoch may rise later, when another node had a higher one.
  Epoch hold(const std::string& name) { return held_.hold(name); }
  /// Answers no more lookups for it. Nothing happens when it is not held (after `lost`).
  void let_go(const std::string& name) { held_.let_go(name); }
  [[nodiscard]] bool holds(const std::string& name) const { return held_.epoch_of(name) != 0; }
  /// 0: it is not held.
  [[nodiscard]] Epoch epoch_of(const std::string& name) const { return held_.epoch_of(name); }
  [[nodiscard]] std::size_t held() const { return held_.size(); }
  [[nodiscard]] const DirectoryTally& tally() const { return tally_; }
  /// Claims all names again: words may have been lost.
  void claim_again() { held_.claim_again(); }

  /// `done` is called once, within 2 * kDeadline, unless the handle goes before; it may destroy the
  /// handle, which goes before the Directory does. A place that was found is remembered
  /// (KnownPlaces::kMost), and used only while the bus is down.
  [[nodiscard]] std::unique_ptr<bus::Handle> find(const std::string& name,
                                                  std::function<void(const Finding&)> done);
  /// What was remembered for it proved wrong.
  void forget_place(const std::string& name) { known_.forget_place(name); }

  /// Has `forgotten` called at the other nodes that hold the name; what this node has is the caller's.
  /// False: the bus is down, nobody heard it.
  bool forget_everywhere(const std::string& name);

 private:
  class Lookup;

  [[nodiscard]] HeldNames::Callbacks counted(HeldNames::Callbacks callbacks);

  ClusterContext& context_;
  DirectoryTally tally_;
  KnownPlaces known_;
  HeldNames held_;
};

}  // namespace sfteams::connector
