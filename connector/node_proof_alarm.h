#pragma once

#include <optional>
#include <string>

#include "base/log/log.h"
#include "connector/cluster/codes.h"
#include "transport/scheduler.h"

namespace sfteams::connector {

/// Tells the operator of a node without the cluster's key: once a minute at most, because a stranger
/// can make it ring.
class NodeProofAlarm {
 public:
  /// `who`: the address that dialled, or the URL that was dialled.
  void ring(const std::string& who, transport::TimePoint now) {
    constexpr transport::Duration kPause{60'000};
    if (last_ && now - *last_ < kPause) return;
    last_ = now;
    log::warn("cluster", Error{codes::kNodeProofWrong,
                               who + " does not have the cluster's key that is in force here",
                               "compare [cluster] key-file of both nodes; if it is none of yours, "
                               "keep it away from this port"});
  }

 private:
  std::optional<transport::TimePoint> last_;
};

}  // namespace sfteams::connector
