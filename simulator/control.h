#pragma once

#include <string>
#include <string_view>

#include <json/value.h>

#include "base/error/error.h"
#include "simulator/pbx.h"

namespace sfteams::simulator {

/// What is done to the PBX from outside UCI: by people at their phones, callers from outside, its
/// administrator, and tests. JSON over HTTP on a port of its own; docs/simulator.md lists all
/// paths.
class Control {
 public:
  struct Answer {
    int status = 200;
    std::string body;  ///< JSON
  };

  /// `pbx` outlives this.
  explicit Control(Pbx& pbx) : pbx_(pbx) {}

  /// Every failure is answered as {"error":{"code","message","hint"}} with 400, 404, 405 or 409
  /// (the PBX or a phone refuses).
  [[nodiscard]] Answer handle(std::string_view method, std::string_view path,
                              std::string_view query, std::string_view body);

 private:
  using Reading = Result<Json::Value> (Control::*)(std::string_view query);
  using Doing = Result<Json::Value> (Control::*)(const Json::Value& body);
  struct Path;
  static const Path* find(std::string_view path);

  // GET
  Result<Json::Value> state(std::string_view query);
  Result<Json::Value> journal(std::string_view query);
  Result<Json::Value> switches(std::string_view query);
  Result<Json::Value> calls(std::string_view query);
  // POST
  Result<Json::Value> set_switches(const Json::Value& body);
  Result<Json::Value> clear_journal(const Json::Value& body);
  Result<Json::Value> incoming(const Json::Value& body);
  Result<Json::Value> answer(const Json::Value& body);
  Result<Json::Value> hang_up(const Json::Value& body);
  Result<Json::Value> send_event(const Json::Value& body);
  Result<Json::Value> reset_users(const Json::Value& body);
  Result<Json::Value> end_logins(const Json::Value& body);
  Result<Json::Value> end_tokens(const Json::Value& body);
  Result<Json::Value> change_password(const Json::Value& body);
  Result<Json::Value> set_permissions(const Json::Value& body);
  Result<Json::Value> clear_blacklist(const Json::Value& body);
  Result<Json::Value> misbehave(const Json::Value& body);
  Result<Json::Value> clear_misbehaviours(const Json::Value& body);
  Result<Json::Value> add_latency(const Json::Value& body);
  Result<Json::Value> clear_latencies(const Json::Value& body);

  Pbx& pbx_;
};

}  // namespace sfteams::simulator
