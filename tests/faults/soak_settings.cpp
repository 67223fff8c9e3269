#include "tests/faults/soak_settings.h"

#include <utility>

#include <fmt/format.h>

#include "tests/faults/gauges.h"

namespace sfteams::faults {

std::unique_ptr<Line> line_for(const SoakOptions& options) {
  if (options.faults == "pbx") return nullptr;
  auto line = Line::create(options.seed);
  if (line) return std::move(*line);
  throw NoLine(
      "the faults of the network need root (CAP_SYS_ADMIN and CAP_NET_ADMIN) and "
      "/dev/net/tun, and no line can be laid here: " +
      line.error() + "; '--faults pbx' goes without them");
}

integration::Installation::Options installation_options(const Line* line,
                                                        const SoakOptions& wanted) {
  integration::Installation::Options options;
  if (line != nullptr) line->span(options);
  options.users_file = SFTEAMS_SOURCE_DIR "/tests/faults/users.ini";
  options.simulator_switches = {
      "journal-size=5000000",
      "event-timeout=60000",
      "event-attempts=1",
      "event-queue=100000",
      "success-whitelists=no",
      fmt::format("past-calls={}", kPastCalls),
      fmt::format("refused-login={}", wanted.refused_login),
      fmt::format("blacklist-after={}", kBlacklistAfter),
      fmt::format("blacklist-window={}", std::chrono::milliseconds(kWindow).count())};
  // All come from one address, and often.
  options.connector_settings =
      "[limits]\nclients-per-address = 100000\nwaiting-per-address = 2000\nadmissions-per-address "
      "= 1000000\n"
      "admissions-per-name = 1000000\n"
      "[keepalive]\nagent-interval = 2\nagent-deadline = 2\nclient-interval = 2\nclient-deadline = "
      "2\n";
  options.connector_settings += Gauges::kSettings;
  options.agent_settings = Gauges::kSettings;
  options.agent_tunnel_settings = "ping-interval = 2\nping-timeout = 2\n";
  options.agent_uci_settings =
      fmt::format("keepalive = 5\nfailed-logins-window = {}\n", kWindow.count());
  options.log_level = "info";
  return options;
}

Json::Value large_params() {
  Json::Value params(Json::arrayValue);
  params.append(Json::nullValue);
  params.append(Json::nullValue);
  for (int i = 0; i < 5; ++i)
    params.append("");
  params.append(0);
  params.append(kPastCalls);
  return params;
}

}  // namespace sfteams::faults
