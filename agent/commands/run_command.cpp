#include <iostream>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

#include "agent/commands/codes.h"
#include "agent/commands/commands.h"
#include "agent/commands/report.h"
#include "agent/configuration/configuration.h"
#include "agent/daemon/daemon.h"
#include "agent/diagnosis/walk.h"
#include "agent/keys/key_store.h"
#include "base/clock/unix_time.h"
#include "base/crypto/core_dumps.h"
#include "base/error/system_error.h"
#include "base/files/rewriting.h"
#include "base/log/log.h"
#include "base/privileges/acting_as_owner.h"
#include "base/program/version.h"
#include "base/settings/ini.h"

namespace sfteams::commands {
namespace {

/// Keys, passwords and tokens are in this process's memory: no core file is ever written of it, and
/// no other process of the same user may look into it.
Result<void> forbid_memory_dumps() {
  const Result<void> forbidden = crypto::forbid_core_dumps();
  if (forbidden) return {};
  return fail(agent::codes::kNotHardened, forbidden.error().message, forbidden.error().hint);
}

agent::Diagnose diagnose_by(const agent::Options& options) {
  return [options](transport::Network& network, agent::AskStatus ask_status,
                   agent::Diagnosis::Listener listener) {
    return diagnosis::walk(
        {network, options, "starface-teams-agent/" SFTEAMS_VERSION, std::move(ask_status)},
        std::move(listener));
  };
}

/// Opens everything that has to be there before the loop can run.
Result<std::unique_ptr<agent::Daemon>> prepare(const agent::Options& options,
                                               agent::Configuration configuration) {
  Result<privileges::ActingAsOwner> owner = privileges::ActingAsOwner::of(options.state_directory);
  if (!owner) return fail(owner.error());
  if (owner->changed()) {
    log::info("agent", "started as root; going on as the owner of {}",
              options.state_directory.string());
  }
  if (const Result<void> dropped = owner->for_good(); !dropped) return fail(dropped.error());
  // After the change of user, which resets it.
  if (const Result<void> hardened = forbid_memory_dumps(); !hardened) return fail(hardened.error());
  Result<agent::StateDirectory> state = agent::StateDirectory::open(options.state_directory);
  if (!state) return fail(state.error());
  for (const Error& repair : state->repairs())
    log::warn("agent", repair);
  Result<agent::InstanceLock> lock = agent::InstanceLock::take(*state);
  if (!lock) return fail(lock.error());
  Result<crypto::Ed25519Key> identity = agent::load_or_make_identity(state->identity_file());
  if (!identity) return fail(identity.error());
  Result<agent::KeyRing> keys = agent::load_keys(state->key_file());
  if (!keys) return fail(keys.error());
  keys->drop_expired(clock::unix_now());
  return agent::Daemon::create({options, std::move(configuration), SFTEAMS_VERSION,
                                std::move(*state), std::move(*lock), std::move(*identity),
                                std::move(*keys), diagnose_by(options)});
}

/// The page's last saving may have been cut off, and have left half a configuration.
void end_saving(const agent::Options& options) {
  const Result<std::filesystem::path> file = settings::find_one(options.configuration);
  const Result<privileges::ActingAsOwner> owner =
      privileges::ActingAsOwner::of(options.state_directory);
  if (!file || !owner) return;
  const Result<bool> ended =
      files::end_rewriting(*file, agent::StateDirectory::spare_of(options.state_directory, *file));
  if (!ended) {
    static_cast<void>(report(ended.error()));
  } else if (*ended) {
    std::cerr << "starface-teams-agent: the saving of " << file->string()
              << " that was cut off has been ended" << std::endl;
  }
}

}  // namespace

Exit run_daemon(const agent::Options& options) {
  umask(0077);
  end_saving(options);
  Result<agent::Configuration> configuration = agent::load_configuration(options.configuration);
  if (!configuration) return report(configuration.error());
  log::start(configuration->log.level, configuration->log.format);
  log::info("agent", "starface-teams-agent {}, process {}, configuration {}, state in {}",
            program::version_text(), getpid(), configuration->origin.string(),
            options.state_directory.string());
  for (const std::string& warning : configuration->connector.no_proxy_warnings)
    log::warn("agent", "{}", warning);
  if (const auto warning = agent::read_timeout_warning(configuration->limits))
    log::warn("agent", *warning);
  if (const auto warning = agent::rights_warning(*configuration)) log::warn("agent", *warning);
  Result<std::unique_ptr<agent::Daemon>> daemon = prepare(options, std::move(*configuration));
  if (!daemon) return report(daemon.error());
  if (const Result<void> ended = (*daemon)->run(); !ended) return report(ended.error());
  log::info("agent", "stopped");
  return Exit::ok;
}

}  // namespace sfteams::commands
