#pragma once

#include <string>
#include <string_view>

#include <json/value.h>

#include "error/error.h"
#include "uci/simulator/pbx.h"

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
  using Json = Json::Value;
  using Reading = Result<Json> (Control::*)(std::string_view query);
  using Doing = Result<Json> (Control::*)(const Json& body);
  struct Path;
  static const Path* find(std::string_view path);

  // GET
  Result<Json> state(std::string_view query);
  Result<Json> journal(std::string_view query);
  Result<Json> switches(std::string_view query);
  Result<Json> calls(std::string_view query);
  // POST
  Result<Json> set_switches(const Json& body);
  Result<Json> clear_journal(const Json& body);
  Result<Json> incoming(const Json& body);
  Result<Json> answer(const Json& body);
  Result<Json> hang_up(const Json& body);
  Result<Json> send_event(const Json& body);
  Result<Json> end_logins(const Json& body);
  Result<Json> clear_blacklist(const Json& body);
  Result<Json> misbehave(const Json& body);
  Result<Json> clear_misbehaviours(const Json& body);
  Result<Json> add_latency(const Json& body);
  Result<Json> clear_latencies(const Json& body);

  Pbx& pbx_;
};

}  // namespace sfteams::simulator
