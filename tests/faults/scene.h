#pragma once

#include <memory>
#include <stdexcept>

#include "tests/integration/installation.h"

// What most fault tests begin with.

namespace sfteams::faults {

inline constexpr const char* kCallIds = "ucp.v30.requests.call.getCallIds";

/// Dead peers are found within two seconds.
inline integration::Installation::Options quick_to_notice() {
  integration::Installation::Options options;
  options.connector_settings =
      "[keepalive]\nagent-interval = 1\nagent-deadline = 1\n"
      "client-interval = 1\nclient-deadline = 1\n";
  options.agent_tunnel_settings = "ping-interval = 1\nping-timeout = 1\n";
  return options;
}

/// Ben, signed in and subscribed; he only listens.
inline std::unique_ptr<integration::ChildProcess> listening(
    integration::Installation& installation) {
  auto watcher = installation.client_in_background(integration::Installation::kBen,
                                                   {"--json", "watch", "--for", "120"});
  const bool ready = integration::eventually(
      [&] { return integration::contains(watcher->err(), "listening for events"); });
  if (!ready) throw std::runtime_error("the listener does not listen: " + watcher->err());
  return watcher;
}

}  // namespace sfteams::faults
