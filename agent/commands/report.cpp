#include "agent/commands/report.h"

#include <iostream>

#include "base/log/log.h"
#include "base/text/line.h"

namespace sfteams::commands {

Exit report(const Error& error) {
  // A daemon has its log by then, whose form somebody has chosen.
  if (log::enabled(log::Level::error)) {
    log::error("agent", "{}", describe(error));
    return error.code.exit;
  }
  std::cerr << log::error_mark() << "starface-teams-agent: " << text::one_line(describe(error))
            << std::endl;
  return error.code.exit;
}

}  // namespace sfteams::commands
