#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include <json/value.h>

#include "base/error/error.h"

namespace sfteams::agent {

/// What the running agent can be asked for, by {"command": NAME, …}: over the control socket for
/// everything, by the administration page for what a command's rights name. The names and what
/// belongs to each stand in agent/daemon/control_protocol.h.
class ControlDesk {
 public:
  using Answer = std::function<void(const Result<Json::Value>&)>;
  /// `answer` comes once, at once or in a later turn.
  using Command = std::function<void(const Json::Value& request, const Answer& answer)>;
  using QuickCommand = std::function<Result<Json::Value>(const Json::Value& request)>;

  struct Rights {
    bool page = false;  ///< the administration page may give it, too
    /// What is logged when the page has had it carried out, for what an administrator has to find
    /// later and the command does not log itself; nullptr: nothing. It holds no secret.
    const char* log = nullptr;
  };

  /// Once for each name; what `command` uses outlives the desk.
  void add(const char* name, Rights rights, Command command);
  /// One that answers at once.
  void add(const char* name, Rights rights, QuickCommand command);

  /// For the control socket, whose users may do everything. Fails with agent.bad-control-request
  /// when there is no such command.
  void carry_out(const Json::Value& request, const Answer& answer) const;
  /// For the administration page. Fails also for a command that the page may not give, as if there
  /// were none. The desk outlives the answer.
  void carry_out_for_page(const Json::Value& request, const Answer& answer) const;

  /// The names of those that the page may give.
  [[nodiscard]] std::set<std::string, std::less<>> page_commands() const;

 private:
  struct Entry {
    Rights rights;
    Command command;
  };
  [[nodiscard]] const Entry* find(const Json::Value& request) const;

  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace sfteams::agent
