#include <iostream>

#include "agent/commands/commands.h"
#include "agent/commands/control_client.h"
#include "agent/commands/report.h"
#include "base/json/printable.h"
#include "base/log/log.h"

namespace sfteams::commands {

Exit change_log_level(const agent::Options& options, const std::optional<std::string>& level) {
  Json::Value request = agent::control::write_request(agent::control::kLogLevel);
  if (level) {
    if (Result<log::Level> known = log::parse_level(*level); !known) {
      // On the command line it is another mistake than in a file.
      known.error().code.exit = Exit::usage;
      return report(known.error());
    }
    request["level"] = *level;
  }
  const auto answer = ask_daemon(options, request);
  if (!answer) return answer.error();
  const std::string level_now = json::printable_member(*answer, "level", "?");
  const std::string configured = json::printable_member(*answer, "configured", "?");
  std::cout << level_now;
  if (level_now != configured)
    std::cout << ", until the next reload or restart; the configuration says " << configured;
  std::cout << std::endl;
  return Exit::ok;
}

}  // namespace sfteams::commands
