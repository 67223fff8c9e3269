#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "uci/dialect.h"
#include "uci/rpc_transport.h"
#include "uci/token_gate.h"
#include "uci/value.h"

namespace sfteams::uci {

/// Asks the PBX for its version. For information only: whatever goes wrong, the version stays what
/// it was, at first unknown.
class VersionQuestion {
 public:
  /// `answered` is called after each answer that no wait() takes, as the last thing that is done:
  /// it may destroy this object. All references outlive it.
  VersionQuestion(RpcTransport& transport, const Dialect& dialect, TokenGate& gate,
                  std::function<void()> answered);

  /// Sends the question, unless the gate gives no leave for a call.
  void ask();
  /// Calls `then`, in place of `answered`, when the question that is under way ends. False: none is
  /// under way.
  [[nodiscard]] bool wait(std::function<void()> then);
  /// `then` is no longer called.
  void stop_waiting() { then_ = nullptr; }
  /// Gives the question up; nothing is called any more.
  void withdraw();

  /// Its type is not documented; small enough to stand in the answer to every sign-in.
  [[nodiscard]] const std::optional<Value>& version() const { return version_; }

 private:
  void on_reply(Result<RpcReply> reply);

  RpcTransport& transport_;
  const Dialect& dialect_;
  TokenGate& gate_;
  std::function<void()> answered_;
  std::function<void()> then_;
  std::unique_ptr<TokenGate::Leave> leave_;
  std::unique_ptr<RpcPending> pending_;
  std::optional<Value> version_;
};

}  // namespace sfteams::uci
