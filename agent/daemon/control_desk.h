#pragma once

#include <functional>
#include <map>
#include <string>

#include <json/value.h>

#include "base/error/error.h"

namespace sfteams::agent {

/// What the running agent can be asked for, by {"command": NAME, …}: over the control socket, and
/// by the administration page. agent/daemon/control_protocol.h lists it.
class ControlDesk {
 public:
  using Answer = std::function<void(const Result<Json::Value>&)>;
  /// `answer` comes once, at once or in a later turn.
  using Command = std::function<void(const Json::Value& request, const Answer& answer)>;

  void add(std::string name, Command command);
  /// One that answers at once.
  void add(std::string name,
           std::function<Result<Json::Value>(const Json::Value& request)> command);

  /// Fails with agent.bad-control-request when there is no such command.
  void carry_out(const Json::Value& request, const Answer& answer) const;

 private:
  std::map<std::string, Command, std::less<>> commands_;
};

}  // namespace sfteams::agent
