#include <iostream>
#include <string>

#include "agent/commands/commands.h"
#include "agent/commands/report.h"
#include "agent/configuration/configuration.h"
#include "agent/keys/users_key.h"
#include "agent/pbx/meeting.h"
#include "base/privileges/acting_as_owner.h"
#include "base/settings/ini.h"
#include "base/text/line.h"

namespace sfteams::commands {

Exit check_configuration(const agent::Options& options) {
  // What root can read, the agent's user may not.
  const Result<privileges::ActingAsOwner> owner =
      privileges::ActingAsOwner::of(options.state_directory);
  if (!owner) return report(owner.error());
  const Result<agent::Configuration> configuration =
      agent::load_configuration(options.configuration);
  if (!configuration) return report(configuration.error());
  if (const Result<void> good = agent::check_files(*configuration); !good)
    return report(good.error());
  for (const std::string& warning : configuration->connector.no_proxy_warnings)
    std::cerr << "warning: " << warning << std::endl;
  if (const auto warning = agent::read_timeout_warning(configuration->limits))
    std::cerr << "warning: " << describe(*warning) << std::endl;
  if (const auto warning = agent::rights_warning(*configuration))
    std::cerr << "warning: " << describe(*warning) << std::endl;
  // Read a moment ago.
  if (const Result<settings::Ini> ini = settings::Ini::read(configuration->origin)) {
    for (const Error& warning : settings::warnings_about_hidden_files(*ini))
      std::cerr << "warning: " << text::one_line(describe(warning)) << std::endl;
  }
  const agent::PbxSettings& uci = configuration->uci;
  for (const Error& warning : agent::meeting_warnings(uci))
    std::cerr << "warning: " << text::one_line(describe(warning)) << std::endl;
  std::cout << configuration->origin.string() << " is right: " << configuration->name << " at "
            << agent::connector_of(configuration->connector.url) << ", PBX "
            << (configuration->uci.enabled ? "at " + configuration->uci.url.to_string()
                                           : std::string("switched off"))
            << std::endl;
  return Exit::ok;
}

}  // namespace sfteams::commands
