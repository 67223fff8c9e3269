#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include <json/value.h>

#include "tests/integration/installation.h"

namespace sfteams::faults {

// It is answered with nothing for an identifier that the PBX does not know, and stands in its
// journal.
inline constexpr const char* kMethod = "ucp.v30.requests.call.getCallState";
inline constexpr const char* kEvent = "ucp.v30.events.call.receiveCallState";
inline constexpr const char* kLargeMethod = "ucp.v30.requests.callList.getCallList";
inline constexpr int kFirstUser = 1001;
inline constexpr int kPastCalls = 2'500;  // about 2.2 MB of XML
/// In which wrong passwords count, at the agent and at the PBX: far shorter than in real use,
/// because passwords are changed here every few seconds.
inline constexpr std::chrono::seconds kWindow{20};
inline constexpr int kBlacklistAfter = 10;

struct SoakOptions {
  double minutes = 1;
  std::size_t sessions = 200;
  std::uint64_t seed = 1;
  int users = kMostUsers;
  int nodes = 1;               ///< or 3
  std::string faults = "all";  ///< or "pbx"
  std::string refused_login = "fault";
  std::optional<double> max_turn_ms;
  bool trace = false;

  static constexpr int kMostUsers = 100;
};

/// Of the PBX and the agent; nothing of connectors but the level of their logs.
[[nodiscard]] integration::Installation::Options installation_options(const SoakOptions& wanted);
/// For connector.ini, with their sections, without [watch].
[[nodiscard]] std::string connector_settings();

/// Parameters of kLargeMethod for all of the list: no restrictions.
[[nodiscard]] Json::Value large_params();

}  // namespace sfteams::faults
