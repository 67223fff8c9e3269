// What callers from outside, people at their phones and tests do to the PBX.

#include <fmt/format.h>

#include "simulator/codes.h"
#include "simulator/control.h"
#include "simulator/control_body.h"
#include "uci/json_mapping.h"

namespace sfteams::simulator {
namespace {

Json::Value leg_json(const Leg& leg) {
  Json::Value call(Json::objectValue);
  call["callId"] = leg.id;
  call["user"] = leg.owner->login;
  call["state"] = std::string(to_string(leg.state));
  call["direction"] = leg.outgoing ? "OUTBOUND" : "INBOUND";
  call["callerNumber"] = leg.caller.number;
  call["calledNumber"] = leg.called.number;
  call["groupId"] = leg.group_id;
  call["held"] = leg.held;
  return call;
}

tl::unexpected<Error> no_call(const std::string& id, const char* what) {
  return fail(codes::kRefused, fmt::format("the call {} {}", id, what),
              "GET /control/calls lists the calls");
}

}  // namespace

Result<Json::Value> Control::calls(std::string_view /*query*/) {
  Json::Value all(Json::objectValue);
  all["calls"] = Json::Value(Json::arrayValue);
  for (const User& user : pbx_.directory().users()) {
    for (const Leg* leg : pbx_.switchboard().of(user))
      all["calls"].append(leg_json(*leg));
  }
  return all;
}

Result<Json::Value> Control::incoming(const Json::Value& body) {
  BodyReader reader(body);
  const std::string to = reader.required("to");
  const std::string from = reader.required("from");
  const std::string name = reader.text("name", "");
  if (auto finished = reader.finish(); !finished) return fail(finished.error());

  const User* const known = pbx_.directory().by_number(from);
  const bool nameless = name.empty() && known != nullptr;
  const auto rung = pbx_.switchboard().ring({nullptr, from, nameless ? known->name : name}, to);
  if (!rung) return fail(rung.error());
  Json::Value answer(Json::objectValue);
  answer["callIds"] = Json::Value(Json::arrayValue);
  for (const std::string& id : *rung)
    answer["callIds"].append(id);
  return answer;
}

Result<Json::Value> Control::answer(const Json::Value& body) {
  BodyReader reader(body);
  const std::string id = reader.required("callId");
  if (auto finished = reader.finish(); !finished) return fail(finished.error());
  if (!pbx_.switchboard().answer(id)) return no_call(id, "does not ring");
  return Json::Value(Json::objectValue);
}

Result<Json::Value> Control::hang_up(const Json::Value& body) {
  BodyReader reader(body);
  const std::string id = reader.required("callId");
  if (auto finished = reader.finish(); !finished) return fail(finished.error());
  if (!pbx_.switchboard().hang_up(id)) return no_call(id, "does not exist");
  return Json::Value(Json::objectValue);
}

/// Any event at all, to see what clients make of it.
Result<Json::Value> Control::send_event(const Json::Value& body) {
  BodyReader reader(body);
  const std::string login = reader.required("user");
  const std::string method = reader.required("method");
  const Json::Value& json_params = reader.any("params");
  if (auto finished = reader.finish(); !finished) return fail(finished.error());
  const User* const user = pbx_.directory().by_login(login);
  if (user == nullptr) return fail(codes::kNotFound, fmt::format("there is no user {}", login));
  const Result<uci::Array> params = uci::params_from_json(json_params);
  if (!params) return fail(params.error());
  const Result<std::size_t> sent = pbx_.events().send(*user, method, *params);
  if (!sent) return fail(sent.error());
  Json::Value answer(Json::objectValue);
  answer["callbacks"] = Json::UInt64(*sent);
  return answer;
}

Result<Json::Value> Control::misbehave(const Json::Value& body) {
  BodyReader reader(body);
  MisbehaviourRule rule;
  rule.method = reader.text("method", "*");
  const std::string kind = reader.required("kind");
  rule.times = reader.number("times", 0, 0, MisbehaviourRule::kMostTimes);
  rule.execute = reader.yes_no("execute", true);
  if (auto finished = reader.finish(); !finished) return fail(finished.error());
  const std::optional<Misbehaviour> known = parse_misbehaviour(kind);
  if (!known) {
    return fail(codes::kBadRule, fmt::format("`{}` is no misbehaviour", kind),
                "docs/simulator.md lists them");
  }
  rule.kind = *known;
  pbx_.rules().add(std::move(rule));
  return Json::Value(Json::objectValue);
}

Result<Json::Value> Control::clear_misbehaviours(const Json::Value& /*body*/) {
  pbx_.rules().clear_misbehaviours();
  return Json::Value(Json::objectValue);
}

Result<Json::Value> Control::add_latency(const Json::Value& body) {
  BodyReader reader(body);
  LatencyRule rule;
  rule.method = reader.text("method", "*");
  rule.time = transport::Duration(reader.number("timeMs", 0, 0, LatencyRule::kMostTime));
  rule.jitter = transport::Duration(reader.number("jitterMs", 0, 0, LatencyRule::kMostTime));
  if (auto finished = reader.finish(); !finished) return fail(finished.error());
  pbx_.rules().add(std::move(rule));
  return Json::Value(Json::objectValue);
}

Result<Json::Value> Control::clear_latencies(const Json::Value& /*body*/) {
  pbx_.rules().clear_latencies();
  return Json::Value(Json::objectValue);
}

}  // namespace sfteams::simulator
