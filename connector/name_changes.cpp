#include "connector/name_changes.h"

#include <set>

#include <json/value.h>

#include "connector/codes.h"
#include "connector/control_client.h"
#include "connector/control_protocol.h"

namespace sfteams::connector {
namespace {

/// A failure of the running connector as one of this process. Its code is kept until the process
/// ends: an Error only refers to it.
Error error_of(const json::Told& told) {
  static std::set<std::string> kept;
  const Exit exit = static_cast<Exit>(told.exit);
  const std::size_t end = told.line.find("] ");
  if (!told.line.starts_with('[') || end == std::string::npos)
    return {{codes::kBadControl.id, exit}, told.line, {}};
  const std::string& id = *kept.insert(told.line.substr(1, end - 1)).first;
  return {{id, exit}, told.line.substr(end + 2), {}};
}

}  // namespace

Result<bool> ClusterChanges::change(const char* action, const std::string& name, const By& by,
                                    const std::string& reason) const {
  Json::Value question(Json::objectValue);
  question["command"] = control::kChange;
  question["action"] = action;
  question["name"] = name;
  question["who"] = by.who;
  question["at"] = static_cast<Json::Int64>(by.at);
  question["reason"] = reason;
  const auto answer = ask_connector(registry_file_, question);
  if (!answer) return tl::unexpected(error_of(answer.error()));
  return answer->isObject() && (*answer)["changed"].isBool() && (*answer)["changed"].asBool();
}

Result<bool> ClusterChanges::enroll(const std::string& name, const By& by) const {
  return change("enroll", name, by);
}

Result<bool> ClusterChanges::forget(const std::string& name, const By& by) const {
  return change("forget", name, by);
}

Result<bool> ClusterChanges::disable(const std::string& name, const std::string& reason,
                                     const By& by) const {
  return change("disable", name, by, reason);
}

Result<bool> ClusterChanges::enable(const std::string& name, const By& by) const {
  return change("enable", name, by);
}

}  // namespace sfteams::connector
