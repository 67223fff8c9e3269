#include "tests/faults/soak_settings.h"

#include <fmt/format.h>

#include "tests/faults/gauges.h"

namespace sfteams::faults {

integration::Installation::Options installation_options(const SoakOptions& wanted) {
  integration::Installation::Options options;
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
  options.agent_settings = Gauges::kSettings;
  options.agent_tunnel_settings = "ping-interval = 2\nping-timeout = 2\n";
  options.agent_uci_settings =
      fmt::format("keepalive = 5\nfailed-logins-window = {}\n", kWindow.count());
  options.log_level = "info";
  return options;
}

std::string connector_settings() {
  // All come from one address, and often.
  return "[limits]\nclients-per-address = 100000\nwaiting-per-address = 2000\n"
         "admissions-per-address = 1000000\nadmissions-per-name = 1000000\n"
         "[keepalive]\nagent-interval = 2\nagent-deadline = 2\n"
         "client-interval = 2\nclient-deadline = 2\n";
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
