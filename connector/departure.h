#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "transport/scheduler.h"

namespace sfteams::connector {

/// How the links of a node that stops are moved to other nodes: first only /healthz tells the load
/// balancer, so that nobody new comes; then the same share of them in every tenth of a second, so
/// that the other nodes take them as they come.
class Departure {
 public:
  struct Plan {
    transport::Duration announced{5'000};  ///< before the first one moves
    transport::Duration within{10'000};    ///< in which all of them do
  };

  /// `moves(n)` sends n links away, or all that are left when there are fewer, and says how many
  /// remain. `done` is called once, when none remains or the time is over.
  Departure(transport::Scheduler& scheduler, const Plan& plan,
            std::function<std::size_t(std::size_t count)> moves, std::function<void()> done);

 private:
  static constexpr transport::Duration kStep{100};
  void step();

  transport::Scheduler& scheduler_;
  std::function<std::size_t(std::size_t)> moves_;
  std::function<void()> done_;
  std::size_t steps_left_;
  std::size_t remaining_;
  std::unique_ptr<transport::Timer> timer_;
};

}  // namespace sfteams::connector
