#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include <json/value.h>

#include "agent/findings/diagnosis.h"
#include "base/error/error.h"

namespace sfteams::agent {

/// The diagnosis as the administration page runs it: started, then looked at until it has ended.
class CheckRun {
 public:
  /// `diagnose` may be empty: then there is none to be had.
  CheckRun(transport::Network& network, Diagnose diagnose, AskStatus ask_status);

  /// Does nothing while one is under way. Fails with agent.no-check.
  [[nodiscard]] Result<Json::Value> start();
  /// {"running": …, "started": time, "ended": time, "steps": [name, …], "findings": [{"step",
  /// "verdict", "code", "text", "next"}, …]}; a time that is not yet is null. "steps": those that
  /// the walk goes through, in order; empty before the first start.
  [[nodiscard]] Json::Value state() const;

 private:
  transport::Network& network_;
  Diagnose diagnose_;
  AskStatus ask_status_;
  std::vector<Finding> findings_;
  bool running_ = false;
  using TimePoint = std::chrono::system_clock::time_point;
  std::optional<TimePoint> started_;
  std::optional<TimePoint> ended_;
  std::unique_ptr<Diagnosis> diagnosis_;
};

[[nodiscard]] const char* to_string(Finding::Verdict verdict);  ///< "OK", "WARN", "FAIL", "SKIP"
/// {"step", "verdict", "code", "text", "next"}; what is empty is null.
[[nodiscard]] Json::Value to_json(const Finding& finding);

}  // namespace sfteams::agent
