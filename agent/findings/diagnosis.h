#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <json/value.h>

#include "agent/findings/sentence.h"
#include "base/error/error.h"
#include "transport/network.h"

namespace sfteams::agent {

/// What one step of the diagnosis has found.
struct Finding {
  enum class Verdict {
    ok,
    warn,  ///< it works, but something should be looked after
    fail,
    skipped,  ///< something before it failed, or there was nothing to look at
  };
  /// Stable: "config", "key", "state", "license", "dns", "tcp", "proxy", "tls", "websocket",
  /// "registration", "round-trip", "ports", "uci", "auth", "sign-in", "events", "version", "hosts",
  /// "clock".
  std::string step;
  Verdict verdict = Verdict::ok;
  std::string code;  ///< of the error; empty when there is none
  Sentence text;     ///< what was found
  Sentence next;     ///< what to do; empty when there is nothing to do
};

/// A walk through all that has to work, one step after the other, on the loop. Destroying it breaks
/// it off.
class Diagnosis {
 public:
  /// In later turns: `found` once for each of steps(), in that order (for hosts: once a host; for
  /// events: only after a sign-in that worked), then `ended` once. The Diagnosis may be destroyed
  /// in `ended`, not in `found`.
  struct Listener {
    std::function<void(const Finding&)> found;
    std::function<void()> ended;
    /// A step waits for something, perhaps for seconds; may be empty.
    std::function<void(const Sentence&)> waiting{};
  };
  virtual ~Diagnosis() = default;
  /// The names of the steps that it walks through, in their order.
  [[nodiscard]] virtual const std::vector<std::string>& steps() const = 0;
};

/// Asks the running agent for its status (agent/status/status.h). Fails with agent.not-running, and
/// with why it cannot be asked, or does not answer: transport.control-denied, transport.timeout,
/// agent.bad-control-request.
using AskStatus = std::function<void(std::function<void(Result<Json::Value>)>)>;

/// Starts one. The daemon is given this function and does not build a diagnosis itself, because
/// agent/diagnosis/ stands above it: it is also a client of the connector.
using Diagnose =
    std::function<std::unique_ptr<Diagnosis>(transport::Network&, AskStatus, Diagnosis::Listener)>;

}  // namespace sfteams::agent
