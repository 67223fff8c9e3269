#pragma once

#include <memory>
#include <optional>
#include <string>

#include "agent/diagnosis.h"
#include "agent/options.h"
#include "diagnosis/user_access.h"

namespace sfteams::diagnosis {

struct WalkSetup {
  transport::Network& network;
  agent::Options options;
  std::string software;  ///< "starface-teams-agent/0.1.0"
  agent::AskStatus ask_status;
  std::optional<UserAccess> user{};  ///< who is signed in for a trial
};

/// Begins the diagnosis: config, key, state, dns, tcp, proxy, tls, websocket, registration,
/// round-trip, ports, uci, sign-in and events (with a user only), version, hosts, clock. What is to
/// be read is read as this process's user.
[[nodiscard]] std::unique_ptr<agent::Diagnosis> walk(WalkSetup setup,
                                                     agent::Diagnosis::Listener listener);

}  // namespace sfteams::diagnosis
