#include "agent/daemon/control_protocol.h"

#include <algorithm>
#include <chrono>

#include "agent/daemon/codes.h"
#include "base/json/json.h"

namespace sfteams::agent::control {

Json::Value write_request(const char* name) {
  Json::Value request(Json::objectValue);
  request["command"] = name;
  return request;
}

Json::Value write_key_new(const OldKeys& old) {
  Json::Value request = write_request(kKeyNew);
  if (old.fate == OldKeys::Fate::revoked) request["revoke"] = true;
  if (old.fate == OldKeys::Fate::grace) request["grace"] = Json::Int64(old.grace.count());
  return request;
}

OldKeys read_old_keys(const Json::Value& request) {
  const Json::Value* revoke = json::member(request, "revoke");
  if (revoke != nullptr && revoke->isBool() && revoke->asBool()) {
    return {OldKeys::Fate::revoked, {}};
  }
  const Json::Value* grace = json::member(request, "grace");
  if (grace == nullptr || !grace->isInt64()) return {};
  return {OldKeys::Fate::grace, std::clamp(std::chrono::seconds(grace->asInt64()),
                                           KeyRing::kShortestGrace, KeyRing::kLongestGrace)};
}

std::string write_answer(const Result<Json::Value>& result) {
  return json::write_told(result);
}

tl::expected<Json::Value, Told> read_answer(const std::string& text) {
  return json::read_told(
      text, {codes::kBadControl, "the running agent gave an answer that cannot be read",
             "check that it has the same version as this program"});
}

}  // namespace sfteams::agent::control
