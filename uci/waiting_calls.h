#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error/error.h"
#include "transport/scheduler.h"
#include "uci/large_reply.h"
#include "uci/subscribing.h"
#include "uci/value.h"

namespace sfteams::uci {

/// A call of a client on its way to the PBX.
struct OutgoingCall {
  std::string body;                             ///< the XML-RPC document
  std::function<void(Result<Value>)> answer{};  ///< called once
  Rendering large{};
  SubscriptionChange change{};  ///< to apply() to what the PBX answers
  bool repeated = false;        ///< it is being sent for the second and last time
  std::uint64_t logins = 0;     ///< LoginKeeper::logins() when it was sent
};

/// Calls that cannot be sent yet, in their order, each for a bounded time. Knows no I/O.
class WaitingCalls {
 public:
  static constexpr std::size_t kMost = 256;

  /// Calls that have waited for `patience` fail with what `why` returns then. Their answers may
  /// destroy this object. `scheduler` outlives it.
  WaitingCalls(transport::Scheduler& scheduler, transport::Duration patience,
               std::function<Error()> why);

  [[nodiscard]] bool empty() const { return waiting_.empty(); }
  /// Puts the call behind the others. Fails with uci.too-many-waiting when kMost wait already; then
  /// `call` is as it was.
  [[nodiscard]] Result<void> add(OutgoingCall& call);
  /// The one that has waited longest. Not while empty().
  [[nodiscard]] OutgoingCall take();
  /// All of them in their order, for the caller to answer.
  [[nodiscard]] std::deque<OutgoingCall> take_all();

 private:
  struct Waiting {
    OutgoingCall call;
    transport::TimePoint since{};
  };
  void give_up_late();

  transport::Scheduler& scheduler_;
  transport::Duration patience_;
  std::function<Error()> why_;
  std::deque<Waiting> waiting_;
  std::unique_ptr<transport::Timer> timer_;  // for the one that has waited longest
};

}  // namespace sfteams::uci
