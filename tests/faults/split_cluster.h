#pragma once

#include <memory>
#include <string>

#include "tests/faults/line.h"
#include "tests/integration/cluster.h"

namespace sfteams::faults {

/// A cluster whose nodes stand on the two sides of a line: a and b, with the PBX, its agent, the
/// clients and the entrances, on the near one; c alone on the far one. Of one nats-server or of three
/// the first is near, as is the second; the third is beside c. So the near side has the log of names,
/// whatever the line does. Between the sides all is encrypted.
class SplitCluster {
 public:
  using Installation = integration::Installation;

  static constexpr std::size_t kFar = 2;  ///< c
  static constexpr Line::Side kNearSide = Line::Side::pbx;
  static constexpr Line::Side kFarSide = Line::Side::cloud;

  /// The line has to outlive it.
  SplitCluster(Line& line, integration::Cluster::Options options);

  [[nodiscard]] integration::Cluster& operator*() { return *cluster_; }
  [[nodiscard]] integration::Cluster* operator->() { return cluster_.get(); }

  /// Nothing comes through, and no connection is ended.
  void cut() { line_.set({.cut = true}); }
  void heal() { line_.set({}); }

  /// What agents and clients on the far side dial: c and no other node.
  [[nodiscard]] integration::Entrance& far_entrance() { return *far_entrance_; }
  /// A PBX on the far side with an agent that does not run yet.
  [[nodiscard]] std::unique_ptr<Installation> far_pbx(const std::string& system_name);
  /// The same PBX there: another one of its agent, with a copy of all that it has in its state
  /// directory.
  [[nodiscard]] std::unique_ptr<Installation> moved_pbx();
  /// From now on clients that get the key file dial the far entrance.
  void let_clients_dial_far();

  /// Whether all nodes say that the agent is at that one, and no other one has a link of any agent.
  [[nodiscard]] bool only_at(std::size_t node, const std::string& name = "pbx.example.com");
  /// Whether no node takes another one for silent.
  [[nodiscard]] bool all_heard() const;
  /// The same, and all take new names.
  [[nodiscard]] bool whole() const;

 private:
  Line& line_;
  std::unique_ptr<integration::Cluster> cluster_;
  std::unique_ptr<integration::Entrance> far_entrance_;
};

}  // namespace sfteams::faults
