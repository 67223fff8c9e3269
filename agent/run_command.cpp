#include <cerrno>
#include <csignal>
#include <iostream>
#include <system_error>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

#include "agent/codes.h"
#include "agent/commands.h"
#include "agent/configuration.h"
#include "agent/daemon.h"
#include "agent/key_store.h"
#include "crypto/core_dumps.h"
#include "diagnosis/walk.h"
#include "error/service_view.h"
#include "log/line.h"
#include "log/log.h"
#include "privileges/acting_as_owner.h"
#include "transport/codes.h"

namespace sfteams::agent {
namespace {

/// Keys, passwords and tokens are in this process's memory: no core file is ever written of it, and
/// no other process of the same user may look into it.
Result<void> forbid_memory_dumps() {
  if (crypto::forbid_core_dumps()) return {};
  return fail(codes::kNotHardened,
              "core files could not be switched off: " + std::generic_category().message(errno),
              "this is needed because keys and passwords are in memory");
}

Diagnose diagnose_by(const Options& options) {
  return
      [options](transport::Network& network, AskStatus ask_status, Diagnosis::Listener listener) {
        return diagnosis::walk(
            {network, options, "starface-teams-agent/" SFTEAMS_VERSION, std::move(ask_status)},
            std::move(listener));
      };
}

/// Opens everything that has to be there before the loop can run.
Result<std::unique_ptr<Daemon>> prepare(const Options& options, Configuration configuration) {
  Result<privileges::ActingAsOwner> owner = privileges::ActingAsOwner::of(options.state_directory);
  if (!owner) return fail(owner.error());
  if (owner->changed()) {
    log::warn("agent", "started as root; going on as the owner of {}",
              options.state_directory.string());
  }
  if (const Result<void> dropped = owner->for_good(); !dropped) return fail(dropped.error());
  // After the change of user, which resets it.
  if (const Result<void> hardened = forbid_memory_dumps(); !hardened) return fail(hardened.error());
  Result<StateDirectory> state = StateDirectory::open(options.state_directory);
  if (!state) return fail(state.error());
  for (const std::string& repair : state->repairs())
    log::warn("agent", "{}", repair);
  Result<InstanceLock> lock = InstanceLock::take(*state);
  if (!lock) return fail(lock.error());
  Result<crypto::Ed25519Key> identity = load_or_make_identity(state->identity_file());
  if (!identity) return fail(identity.error());
  Result<KeyRing> keys = load_keys(state->key_file());
  if (!keys) return fail(keys.error());
  keys->drop_expired(unix_now());
  return Daemon::create({options, std::move(configuration), SFTEAMS_VERSION, std::move(*state),
                         std::move(*lock), std::move(*identity), std::move(*keys),
                         diagnose_by(options)});
}

}  // namespace

Exit report(const Error& error) {
  // A daemon has its log by then, whose form somebody has chosen.
  if (log::enabled(log::Level::error)) {
    log::error("agent", "{}", describe(error));
    return error.code.exit;
  }
  std::cerr << log::error_mark() << "starface-teams-agent: " << log::one_line(describe(error))
            << std::endl;
  return error.code.exit;
}

Exit run_daemon(const Options& options) {
  umask(0077);
  std::signal(SIGPIPE, SIG_IGN);
  Result<Configuration> configuration = load_configuration(options.configuration);
  if (!configuration) return report(configuration.error());
  log::start(configuration->log.level, configuration->log.format);
  log::info("agent", "starface-teams-agent {}, process {}, configuration {}, state in {}",
            SFTEAMS_VERSION, getpid(), configuration->origin.string(),
            options.state_directory.string());
  const Configuration::File ca_file = configuration->connector.ca_file;
  const auto report_start = [&ca_file](Error error) {
    if (error.code == transport::codes::kCaUnreadable && ca_file)
      error.hint = hint_about_file(*ca_file, error.hint);
    return report(error);
  };
  Result<std::unique_ptr<Daemon>> daemon = prepare(options, std::move(*configuration));
  if (!daemon) return report_start(daemon.error());
  if (const Result<void> ended = (*daemon)->run(); !ended) return report_start(ended.error());
  log::info("agent", "stopped");
  return Exit::ok;
}

}  // namespace sfteams::agent
