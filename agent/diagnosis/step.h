#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <json/value.h>

#include "agent/configuration/configuration.h"
#include "agent/configuration/options.h"
#include "agent/diagnosis/user_access.h"
#include "agent/findings/diagnosis.h"
#include "agent/keys/key_ring.h"
#include "agent/state/state_directory.h"
#include "base/error/error.h"
#include "transport/network.h"

namespace sfteams::diagnosis {

using agent::Finding;
using agent::said;
using agent::Sentence;
using agent::verbatim;
using Verdict = agent::Finding::Verdict;

class Registration;

/// What the steps share: what they are given, and what earlier ones have found out for later ones.
struct Context {
  transport::Network& network;
  agent::Options options;
  std::string software;  ///< "starface-teams-agent/0.1.0"
  agent::AskStatus ask_status;

  std::optional<agent::Configuration> configuration{};
  std::optional<agent::StoredKey> key{};
  /// Opened once: what was open to others is closed, and told, by the first who does.
  std::optional<agent::StateDirectory> state{};
  bool state_usable = false;
  bool connector_reached = false;
  bool proxy_failed = false;  ///< on the way to the connector
  std::optional<std::chrono::system_clock::time_point> connector_time{};  ///< as it said then
  std::chrono::steady_clock::time_point connector_time_heard{};
  std::optional<Json::Value> status{};           ///< of the running agent
  std::shared_ptr<Registration> registration{};  ///< our own, while no agent is running
  bool registered = false;
  bool other_configuration = false;  ///< the running agent's is not that of the file
  std::optional<UserAccess> user{};
  std::optional<Error> pbx_elsewhere{};      ///< on another host, from which no event can come
  std::optional<std::string> pbx_version{};  ///< as it said when that user signed in
  std::function<void(const Sentence&)> waiting{};  ///< of agent::Diagnosis::Listener; may be empty
};

using Found = std::function<void(const Finding&)>;
using Done = std::function<void()>;

/// A step that is under way; destroying it breaks it off.
class Work {
 public:
  virtual ~Work() = default;
};

/// One or several steps of the diagnosis that one piece of work finds out.
struct Step {
  /// The names under which it finds something, in order; empty for one that only tidies up.
  std::vector<std::string> names;
  /// `found` and `done` may come at once or in later turns; `done` comes once, after the last
  /// finding. The context outlives the work. Nothing is returned when it is done already.
  std::function<std::unique_ptr<Work>(Context&, Found, Done)> begin;
};

[[nodiscard]] Finding well(std::string step, Sentence text);
[[nodiscard]] Finding warning(std::string step, Sentence text, Sentence next);
[[nodiscard]] Finding warning(std::string step, const Error& error);
[[nodiscard]] Finding failure(std::string step, const Error& error);
/// As a daemon told it: {"code", "message", "hint"}.
[[nodiscard]] Finding failure(std::string step, const Json::Value& error);
[[nodiscard]] Finding skipped(std::string step, Sentence why);
/// Behind what is said about a proxy that the configuration does not name.
[[nodiscard]] Sentence named_by_environment();

}  // namespace sfteams::diagnosis
