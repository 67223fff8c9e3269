#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "agent/configuration/options.h"
#include "agent/diagnosis/step.h"
#include "agent/sessions/conversation.h"
#include "agent/sessions/sessions.h"
#include "agent/state/state_directory.h"
#include "agent/uplink/uplink.h"

namespace sfteams::diagnosis {

/// Stands in for an agent that is not running: registered at the connector, with sessions in which
/// nobody can sign in, because there is no connection to the PBX behind them.
class Registration {
 public:
  /// Takes the agent's place in its state directory. Fails with agent.already-running, and with
  /// what is wrong with the state.
  [[nodiscard]] static Result<std::unique_ptr<Registration>> take(Context& context);

  /// `outcome` comes once, in a later turn: registered, or why not.
  void start(std::function<void(std::optional<Error>)> outcome);
  /// `done` comes once, in a later turn.
  void stop(std::function<void()> done);

 private:
  Registration(Context& context, agent::InstanceLock lock, crypto::Ed25519Key identity,
               agent::ActiveKeys keys);
  void look();
  void tell(const std::optional<Error>& error);

  agent::InstanceLock lock_;
  crypto::Ed25519Key identity_;
  agent::ActiveKeys keys_;
  agent::ConversationSetup conversations_;
  agent::Sessions sessions_;
  agent::Uplink uplink_;
  std::function<void(std::optional<Error>)> outcome_;
  std::unique_ptr<transport::Timer> deadline_;
  transport::Loop& loop_;
  std::unique_ptr<transport::Timer> look_;
};

}  // namespace sfteams::diagnosis
