#include "agent/commands/control_client.h"

#include "agent/daemon/codes.h"
#include "base/json/json.h"
#include "transport/codes.h"
#include "transport/control_socket.h"

namespace sfteams::commands {
namespace {

constexpr transport::Duration kPatience{10'000};

/// Writes what the daemon said went wrong.
Exit pass_on(const agent::control::Told& told) {
  std::cerr << "starface-teams-agent: " << told.line << std::endl;
  return static_cast<Exit>(told.exit);
}

}  // namespace

Result<std::string> ask_daemon_for_line(const agent::Options& options, const Json::Value& request) {
  Result<std::string> answer =
      transport::ask_control(options.control_socket(), json::write(request), kPatience);
  if (!answer && answer.error().code == transport::codes::kControlUnreachable) {
    return fail(agent::codes::kNotRunning,
                "no agent answers at " + options.control_socket().string(),
                "start it (systemctl start starface-teams-agent), or name its --state-dir");
  }
  return answer;
}

tl::expected<Json::Value, agent::control::Told> ask_daemon_silently(const agent::Options& options,
                                                                    const Json::Value& request) {
  const Result<std::string> text = ask_daemon_for_line(options, request);
  if (!text) {
    return tl::unexpected(
        agent::control::Told{static_cast<int>(text.error().code.exit), describe(text.error())});
  }
  return agent::control::read_answer(*text);
}

tl::expected<Json::Value, Exit> ask_daemon(const agent::Options& options,
                                           const Json::Value& request) {
  auto answer = ask_daemon_silently(options, request);
  if (!answer) return tl::unexpected(pass_on(answer.error()));
  return std::move(*answer);
}

}  // namespace sfteams::commands
