#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <json/value.h>

#include "agent/findings/diagnosis.h"

namespace sfteams::diagnosis {

/// Two lines at most: what was found, and what to do next.
[[nodiscard]] std::string to_text(const agent::Finding& finding);

/// "12 OK, 1 WARN, 0 FAIL, 2 skipped".
[[nodiscard]] std::string summary(std::span<const agent::Finding> findings);
/// For monitoring: 0, 1 when there is a warning, 2 when there is a failure.
[[nodiscard]] int exit_status(std::span<const agent::Finding> findings);

/// The beginning of every report.
inline constexpr std::string_view kFirstWords = "agent:     starface-teams-agent ";

struct ReportParts {
  std::string version;  ///< of the agent, with its commit (base/program/version.h)
  std::filesystem::path configuration;
  std::filesystem::path state_directory;
  std::vector<agent::Finding> findings;
  Json::Value status;  ///< of the running agent; null: none has answered
};
/// What somebody who is asked for help wants to know, without secrets: for people, in sections.
[[nodiscard]] std::string report(const ReportParts& parts);

}  // namespace sfteams::diagnosis
