#include "agent/daemon/control_desk.h"

#include <utility>

#include "agent/daemon/codes.h"
#include "base/json/json.h"

namespace sfteams::agent {

void ControlDesk::add(std::string name, Command command) {
  commands_.emplace(std::move(name), std::move(command));
}

void ControlDesk::add(std::string name,
                      std::function<Result<Json::Value>(const Json::Value& request)> command) {
  add(std::move(name),
      Command([command = std::move(command)](const Json::Value& request, const Answer& answer) {
        answer(command(request));
      }));
}

void ControlDesk::carry_out(const Json::Value& request, const Answer& answer) const {
  const auto name = json::string_member(request, "command");
  const auto found = name ? commands_.find(*name) : commands_.end();
  if (found != commands_.end()) return found->second(request, answer);
  answer(fail(codes::kBadControl, "the running agent does not know this command",
              "check that it has the same version as this program"));
}

}  // namespace sfteams::agent
