#pragma once

#include <string>
#include <vector>

#include <json/value.h>

#include "agent/probe/finding.h"

namespace sfteams::probe {

/// The form of both reports below; another number when it is another one.
inline constexpr int kReportForm = 1;

struct ReportParts {
  std::string agent;        ///< the program and its version, as the first line has them
  std::string time;         ///< clock::utc_text()
  std::string pbx_version;  ///< empty: not found out
  std::string settings;     ///< what of [uci] matters: "auth = oauth, version = v30"
  std::vector<Finding> findings;
};

/// For people, and to send to others: a head, then every question with its answer.
[[nodiscard]] std::string to_text(const ReportParts& parts);
/// {"form", "agent", "time", "pbxVersion" (or null), "settings", "findings": [to_json(Finding), …]}
[[nodiscard]] Json::Value to_json(const ReportParts& parts);

}  // namespace sfteams::probe
