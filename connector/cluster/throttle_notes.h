#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "connector/cluster/cluster_context.h"
#include "connector/cluster/messages.h"
#include "connector/cluster/recently_used.h"

namespace sfteams::connector {

/// Which senders other nodes slow down at the topmost level, so that an attacker does not start from
/// nothing at each node. On the bus stands an HMAC of the address, with the log secret. kMost notes of
/// about 120 bytes; at most kPerSecond are sent in a second, and one address once in half of `keep`.
class ThrottleNotes {
 public:
  static constexpr std::size_t kMost = 10'000;  ///< of others', and of own ones
  static constexpr std::size_t kPerSecond = 50;

  /// `keep`: how long a note counts after it came.
  ThrottleNotes(ClusterContext& context, transport::Duration keep);

  /// The sender with this address, in any form that is the same on all nodes, reached the topmost
  /// level here. May be called for each of its tries.
  void tell(std::span<const std::uint8_t> address);
  /// Another node noted it, less than `keep` ago.
  [[nodiscard]] bool is_noted(std::span<const std::uint8_t> address) const;
  /// How many notes of others are kept, old ones among them.
  [[nodiscard]] std::size_t noted() const { return noted_.size(); }

 private:
  void hear(const bus::Message& message);
  [[nodiscard]] bool has_turn();

  ClusterContext& context_;
  const transport::Duration keep_;
  RecentlyUsed<NameHash, transport::TimePoint> noted_{kMost};  ///< when it came
  RecentlyUsed<NameHash, transport::TimePoint> told_{kMost};   ///< when it was sent
  transport::TimePoint second_;
  std::size_t in_second_ = 0;
  std::unique_ptr<bus::Handle> subscription_;
};

}  // namespace sfteams::connector
