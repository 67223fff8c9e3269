#pragma once

#include <iostream>

#include <json/value.h>

#include "agent/commands/report.h"
#include "agent/configuration/options.h"
#include "agent/daemon/control_protocol.h"
#include "agent/state/codes.h"
#include "agent/state/state_directory.h"
#include "base/error/error.h"
#include "base/privileges/acting_as_owner.h"

namespace sfteams::commands {

/// The line that the running agent answers with. Fails with agent.not-running, and otherwise as
/// transport::ask_control() does.
[[nodiscard]] Result<std::string> ask_daemon_for_line(const agent::Options& options,
                                                      const Json::Value& request);

/// What the running agent answers; its error, or that none runs, has been printed when it fails.
[[nodiscard]] tl::expected<Json::Value, Exit> ask_daemon(const agent::Options& options,
                                                         const Json::Value& request);

/// The same without printing anything.
[[nodiscard]] tl::expected<Json::Value, agent::control::Told> ask_daemon_silently(
    const agent::Options& options, const Json::Value& request);

/// Whoever holds the lock writes the state: the daemon if one runs, otherwise this process, as the
/// directory's owner.
template <typename ByDaemon, typename InState>
Exit with_state(const agent::Options& options, ByDaemon by_daemon, InState in_state) {
  Result<privileges::ActingAsOwner> owner = privileges::ActingAsOwner::of(options.state_directory);
  if (!owner) return report(owner.error());
  Result<agent::StateDirectory> state = agent::StateDirectory::open(options.state_directory);
  if (!state) return report(state.error());
  for (const Error& repair : state->repairs())
    std::cerr << "warning: " << describe(repair) << std::endl;
  const Result<agent::InstanceLock> lock = agent::InstanceLock::take(*state);
  if (lock) return in_state(*state);
  if (lock.error().code != agent::codes::kAlreadyRunning) return report(lock.error());
  return by_daemon();
}

}  // namespace sfteams::commands
