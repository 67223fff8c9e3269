#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/configuration/options.h"
#include "agent/diagnosis/user_access.h"
#include "agent/findings/diagnosis.h"

namespace sfteams::diagnosis {

struct WalkSetup {
  transport::Network& network;
  agent::Options options;
  std::string software;  ///< "starface-teams-agent/0.1.0"
  agent::AskStatus ask_status;
  std::optional<UserAccess> user{};  ///< who is signed in for a trial
};

/// The names of the diagnosis's steps, in their order. Those of the sign-in ("sign-in", "events")
/// are among them `with_user` only.
[[nodiscard]] std::vector<std::string> step_names(bool with_user);

/// Begins the diagnosis. What is to be read is read as this process's user.
[[nodiscard]] std::unique_ptr<agent::Diagnosis> walk(WalkSetup setup,
                                                     agent::Diagnosis::Listener listener);

}  // namespace sfteams::diagnosis
