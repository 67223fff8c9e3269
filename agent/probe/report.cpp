#include "agent/probe/report.h"

#include <fmt/format.h>

namespace sfteams::probe {

std::string to_text(const ReportParts& parts) {
  std::string text = fmt::format(
      "agent:     {}\nprobe:     form {}\ntime:      {}\npbx:       {}\nsettings:  {}\n\n",
      parts.agent, kReportForm, parts.time,
      parts.pbx_version.empty() ? "version not found out" : parts.pbx_version, parts.settings);
  for (const Finding& finding : parts.findings)
    text += to_text(finding);
  return text;
}

Json::Value to_json(const ReportParts& parts) {
  Json::Value json(Json::objectValue);
  json["form"] = kReportForm;
  json["agent"] = parts.agent;
  json["time"] = parts.time;
  json["pbxVersion"] = parts.pbx_version.empty() ? Json::Value() : Json::Value(parts.pbx_version);
  json["settings"] = parts.settings;
  json["findings"] = Json::Value(Json::arrayValue);
  for (const Finding& finding : parts.findings)
    json["findings"].append(to_json(finding));
  return json;
}

}  // namespace sfteams::probe
