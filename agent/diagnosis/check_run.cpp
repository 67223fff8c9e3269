#include "agent/findings/check_run.h"

#include <utility>

#include "agent/diagnosis/codes.h"
#include "base/clock/utc_time.h"

namespace sfteams::agent {

CheckRun::CheckRun(transport::Network& network, Diagnose diagnose, AskStatus ask_status)
    : network_(network), diagnose_(std::move(diagnose)), ask_status_(std::move(ask_status)) {}

Result<Json::Value> CheckRun::start() {
  if (!diagnose_) {
    return fail(codes::kNoCheck, "this agent was built without the diagnosis",
                "run on its host: starface-teams-agent check");
  }
  if (!running_) {
    findings_.clear();
    running_ = true;
    started_ = std::chrono::system_clock::now();
    ended_.reset();
    // It stays when it has ended: it is on the stack of that call.
    diagnosis_ = diagnose_(network_, ask_status_,
                           {[this](const Finding& finding) { findings_.push_back(finding); },
                            [this] {
                              running_ = false;
                              ended_ = std::chrono::system_clock::now();
                            }});
  }
  return state();
}

Json::Value CheckRun::state() const {
  Json::Value json(Json::objectValue);
  json["running"] = running_;
  json["started"] = started_ ? Json::Value(clock::utc_text(*started_)) : Json::Value();
  json["ended"] = ended_ ? Json::Value(clock::utc_text(*ended_)) : Json::Value();
  json["steps"] = Json::Value(Json::arrayValue);
  if (diagnosis_) {
    for (const std::string& step : diagnosis_->steps())
      json["steps"].append(step);
  }
  json["findings"] = Json::Value(Json::arrayValue);
  for (const Finding& finding : findings_)
    json["findings"].append(to_json(finding));
  return json;
}

const char* to_string(Finding::Verdict verdict) {
  using Verdict = Finding::Verdict;
  switch (verdict) {
    case Verdict::ok:
      return "OK";
    case Verdict::warn:
      return "WARN";
    case Verdict::fail:
      return "FAIL";
    case Verdict::skipped:
      break;
  }
  return "SKIP";
}

Json::Value to_json(const Finding& finding) {
  Json::Value json(Json::objectValue);
  json["step"] = finding.step;
  json["verdict"] = to_string(finding.verdict);
  json["code"] = finding.code.empty() ? Json::Value() : Json::Value(finding.code);
  json["text"] = finding.text.text();
  json["next"] = finding.next.empty() ? Json::Value() : Json::Value(finding.next.text());
  json["parts"]["text"] = finding.text.parts();
  json["parts"]["next"] = finding.next.parts();
  return json;
}

}  // namespace sfteams::agent
