#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include <json/value.h>

#include "tests/faults/line.h"
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
  std::string faults = "all";  ///< or "pbx"
  std::string refused_login = "fault";
  std::optional<double> max_turn_ms;
  bool trace = false;

  static constexpr int kMostUsers = 100;
};

/// The machine does not let us lay a line between agent and connector.
class NoLine : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Null when only faults of the PBX are wanted.
[[nodiscard]] std::unique_ptr<Line> line_for(const SoakOptions& options);

/// `line`: null without one.
[[nodiscard]] integration::Installation::Options installation_options(const Line* line,
                                                                      const SoakOptions& wanted);

/// Parameters of kLargeMethod for all of the list: no restrictions.
[[nodiscard]] Json::Value large_params();

}  // namespace sfteams::faults
