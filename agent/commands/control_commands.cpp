#include <iostream>

#include "agent/commands/commands.h"
#include "agent/commands/control_client.h"
#include "agent/daemon/codes.h"
#include "agent/status/status.h"
#include "base/json/json.h"
#include "base/text/line.h"

namespace sfteams::commands {

Exit reload_daemon(const agent::Options& options) {
  const auto answer = ask_daemon(options, agent::control::write_request(agent::control::kReload));
  if (!answer) {
    if (answer.error() != agent::codes::kNotRunning.exit)
      std::cerr << "the configuration from before stays in force" << std::endl;
    return answer.error();
  }
  const Json::Value* const changes = json::member(*answer, "changes");
  if (changes != nullptr && changes->isArray()) {
    for (const Json::Value& sentence : *changes)
      std::cout << text::one_line(json::text_of(sentence).value_or("")) << '\n';
  }
  std::cout << std::flush;
  return Exit::ok;
}

Exit make_admin_link(const agent::Options& options) {
  const auto answer =
      ask_daemon(options, agent::control::write_request(agent::control::kAdminLink));
  if (!answer) return answer.error();
  std::cout << text::one_line(json::string_member(*answer, "link").value_or(""))
            << "\nOpen it within five minutes; it signs in once." << std::endl;
  return Exit::ok;
}

int show_status(const agent::Options& options, bool as_json) {
  const auto answer = ask_daemon(options, agent::control::write_request(agent::control::kStatus));
  if (!answer) return 2;
  std::cout << (as_json ? json::write_pretty(*answer) : agent::to_text(*answer)) << std::flush;
  const auto health = json::string_member(*answer, "health");
  if (health == "well") return 0;
  return health == "warning" ? 1 : 2;
}

}  // namespace sfteams::commands
